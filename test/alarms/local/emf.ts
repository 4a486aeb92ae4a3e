import * as z from 'zod';
import type { Published } from '../cloudwatch/timeline.ts';

const value = z.union([z.number(), z.array(z.number())]);
const lineSchema = z.looseObject({
  _aws: z.object({
    Timestamp: z.number(),
    CloudWatchMetrics: z.array(
      z.object({
        Namespace: z.string(),
        Dimensions: z.array(z.array(z.string())),
        Metrics: z.array(z.object({ Name: z.string(), Unit: z.string() })),
      }),
    ),
  }),
});

/** Metrics that a line of a function's log says, at the moment it says. */
export interface Emitted extends Published {
  /** Milliseconds since the epoch. */
  readonly at: number;
}

/**
 * Reads a line as CloudWatch reads the embedded metric format: each metric under each set of dimensions, its values
 * under its name in the line itself.
 * @returns nothing for a line that is none.
 * @throws where the line says that it holds metrics, and does not.
 */
export function readEmf(line: string): readonly Emitted[] {
  if (!line.startsWith('{') || !line.includes('"_aws"')) return [];
  const parsed = lineSchema.parse(JSON.parse(line));
  const { Timestamp: at, CloudWatchMetrics } = parsed._aws;
  return CloudWatchMetrics.flatMap(({ Namespace: namespace, Dimensions, Metrics }) =>
    Dimensions.flatMap((names) => {
      const dimensions = Object.fromEntries(names.map((name) => [name, z.string().parse(parsed[name])]));
      return Metrics.map(({ Name: name }) => {
        const found = value.parse(parsed[name]);
        return { namespace, name, dimensions, values: Array.isArray(found) ? found : [found], at };
      });
    }),
  );
}
