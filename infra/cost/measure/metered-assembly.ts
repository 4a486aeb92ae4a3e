import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import * as z from 'zod';

const templateSchema = z.looseObject({
  Resources: z.record(z.string(), z.looseObject({ Type: z.string(), Properties: z.looseObject({}).optional() })),
});
const functionSchema = z.looseObject({
  Environment: z.looseObject({ Variables: z.looseObject({ SERVICE_NAME: z.string() }) }),
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
  changeFunctions(directory, (properties, service) => {
    Object.assign(properties.Environment.Variables, variablesOf(service));
  });
}

/**
 * Gives each function of a synthesized assembly another size, in place.
 *
 * @param memoryOf MB, by the function's service name.
 */
export function resizeAssembly(directory: string, memoryOf: (service: string) => number): void {
  changeFunctions(directory, (properties, service) => {
    properties.MemorySize = memoryOf(service);
  });
}

function changeFunctions(
  directory: string,
  change: (properties: z.infer<typeof functionSchema>, service: string) => void,
): void {
  for (const name of readdirSync(directory).filter((file) => file.endsWith('.template.json'))) {
    const file = join(directory, name);
    const template = templateSchema.parse(JSON.parse(readFileSync(file, 'utf8')));
    for (const resource of Object.values(template.Resources)) {
      if (resource.Type !== 'AWS::Lambda::Function') continue;
      const properties = functionSchema.parse(resource.Properties);
      change(properties, properties.Environment.Variables.SERVICE_NAME);
      resource.Properties = properties;
    }
    writeFileSync(file, JSON.stringify(template));
  }
}
