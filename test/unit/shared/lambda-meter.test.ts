import fc from 'fast-check';
import { expect, it } from 'vitest';
import * as z from 'zod';
import { lambdaMeter } from '../../../shared/observability/lambda-meter.ts';
import { METRIC } from '../../../shared/observability/metric-names.ts';

const lineSchema = z.looseObject({
  _aws: z.object({
    Timestamp: z.int(),
    CloudWatchMetrics: z.tuple([
      z.object({
        Namespace: z.literal('Harborlight'),
        Dimensions: z.tuple([z.tuple([z.literal('service')])]),
        Metrics: z.array(z.object({ Name: z.string(), Unit: z.enum(['Count', 'Milliseconds']) })).max(100),
      }),
    ]),
  }),
  service: z.literal('enrichment'),
});
const valuesSchema = z.union([z.number(), z.array(z.number()).max(100)]);

/** A meter, and what CloudWatch would read in the lines it printed: each metric's values, in order. */
function metered() {
  const lines: string[] = [];
  const meter = lambdaMeter({ service: 'enrichment' }, (line) => lines.push(line));
  const read = (): Record<string, number[]> => {
    const values: Record<string, number[]> = {};
    for (const line of lines.map((text) => lineSchema.parse(JSON.parse(text)))) {
      const names = line._aws.CloudWatchMetrics[0].Metrics.map(({ Name }) => Name);
      expect(new Set(names).size).toBe(names.length);
      for (const name of names) values[name] = [...(values[name] ?? []), ...[valuesSchema.parse(line[name])].flat()];
    }
    return values;
  };
  return { meter, lines, read };
}

it('says all that an invocation counted in one line, at its end', () => {
  const { meter, lines, read } = metered();
  meter.count(METRIC.messageRetried);
  meter.count(METRIC.messageRetried, 2);
  meter.duration(METRIC.syncLatency, 812);
  expect(lines).toEqual([]);
  meter.flush();
  expect(lines).toHaveLength(1);
  expect(read()).toEqual({ MessageRetried: [1, 2], SyncLatency: [812] });
});

it('says nothing where nothing was counted, and nothing twice', () => {
  const { meter, lines } = metered();
  meter.flush();
  meter.count(METRIC.bookingParked);
  meter.flush();
  meter.flush();
  expect(lines).toHaveLength(1);
});

it('leaves out what is no number, and keeps the rest of the line', () => {
  const { meter, read } = metered();
  meter.duration(METRIC.syncLatency, Number.NaN);
  meter.duration(METRIC.syncLatency, Number.POSITIVE_INFINITY);
  meter.count(METRIC.bookingParked);
  meter.flush();
  expect(read()).toEqual({ BookingParked: [1] });
});

it('loses and mixes up no value, however many there are: a line takes a hundred of a metric', () => {
  const value = fc.record({
    metric: fc.constantFrom(...Object.values(METRIC)),
    value: fc.nat(),
    times: fc.integer({ min: 1, max: 130 }),
  });
  fc.assert(
    fc.property(fc.array(value, { maxLength: 30 }), (told) => {
      const { meter, read } = metered();
      const expected: Record<string, number[]> = {};
      for (const { metric, value, times } of told) {
        for (let n = 0; n < times; n += 1) {
          meter.count(metric, value);
          expected[metric] = [...(expected[metric] ?? []), value];
        }
      }
      meter.flush();
      expect(read()).toEqual(expected);
    }),
  );
});
