import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import * as z from 'zod';

const templateSchema = z.looseObject({
  Resources: z.record(z.string(), z.looseObject({ Type: z.string(), Properties: z.looseObject({}).optional() })),
});
const functionSchema = z.looseObject({
  Environment: z.looseObject({ Variables: z.looseObject({ POWERTOOLS_SERVICE_NAME: z.string() }) }),
});

/**
 * Gives each function of a synthesized assembly more environment variables, in place; all else stays as it is deployed.
 *
 * @param variablesOf by the function's service name, such as `ingest`.
 */
export function meterAssembly(
  directory: string,
  variablesOf: (service: string) => Readonly<Record<string, string>>,
): void {
  for (const name of readdirSync(directory).filter((file) => file.endsWith('.template.json'))) {
    const file = join(directory, name);
    const template = templateSchema.parse(JSON.parse(readFileSync(file, 'utf8')));
    for (const resource of Object.values(template.Resources)) {
      if (resource.Type !== 'AWS::Lambda::Function') continue;
      const properties = functionSchema.parse(resource.Properties);
      const { Variables } = properties.Environment;
      Object.assign(Variables, variablesOf(Variables.POWERTOOLS_SERVICE_NAME));
      resource.Properties = properties;
    }
    writeFileSync(file, JSON.stringify(template));
  }
}
