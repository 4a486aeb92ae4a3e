import { type LogConfig, readLogConfig } from './config.ts';
import { type Meter, printLine } from './logger.ts';
import { METRIC_NAMESPACE, type MetricName } from './metric-names.ts';

/** A meter that gathers what an invocation counts. */
export interface InvocationMeter extends Meter {
  /** Emits what was gathered, and begins anew. */
  flush(): void;
}

type Unit = 'Count' | 'Milliseconds';
interface Gathered {
  readonly unit: Unit;
  readonly values: number[];
}

/** What the embedded metric format takes: values of one metric in a line, and metrics in a line. */
const MOST_VALUES = 100;
const MOST_METRICS = 100;

/**
 * CloudWatch metrics by the embedded metric format: a log line, no call. An invocation's are one line, since what says
 * that a line is metrics is longer than most of them: whoever composes a handler flushes at its end. What a process had
 * gathered that died before is lost; its messages come again.
 */
export function lambdaMeter(
  { service }: Pick<LogConfig, 'service'> = readLogConfig(),
  print: (line: string) => void = printLine,
): InvocationMeter {
  const gathered = new Map<MetricName, Gathered>();
  const add = (metric: MetricName, unit: Unit, value: number): void => {
    // One value that is no number would cost the line, and with it all the others.
    if (!Number.isFinite(value)) return;
    const known = gathered.get(metric);
    if (known === undefined) gathered.set(metric, { unit, values: [value] });
    else known.values.push(value);
  };
  return {
    count: (metric, by = 1) => add(metric, 'Count', by),
    duration: (metric, milliseconds) => add(metric, 'Milliseconds', milliseconds),
    flush() {
      const lines = linesOf(gathered);
      gathered.clear();
      for (const line of lines) print(JSON.stringify(emf(service, line)));
    },
  };
}

/** What goes into each line: no metric twice, as a line has one place for its values. */
function linesOf(gathered: ReadonlyMap<MetricName, Gathered>): (readonly [MetricName, Gathered])[][] {
  const lines: (readonly [MetricName, Gathered])[][] = [];
  for (const [metric, { unit, values }] of gathered) {
    for (let from = 0; from < values.length; from += MOST_VALUES) {
      const part = [metric, { unit, values: values.slice(from, from + MOST_VALUES) }] as const;
      const free = lines.find((line) => line.length < MOST_METRICS && line.every(([name]) => name !== metric));
      if (free === undefined) lines.push([part]);
      else free.push(part);
    }
  }
  return lines;
}

function emf(service: string, metrics: readonly (readonly [MetricName, Gathered])[]): object {
  const Metrics = metrics.map(([Name, { unit }]) => ({ Name, Unit: unit }));
  return {
    _aws: {
      Timestamp: Date.now(),
      CloudWatchMetrics: [{ Namespace: METRIC_NAMESPACE, Dimensions: [['service']], Metrics }],
    },
    service,
    ...Object.fromEntries(metrics.map(([name, { values }]) => [name, values.length === 1 ? values[0] : values])),
  };
}
