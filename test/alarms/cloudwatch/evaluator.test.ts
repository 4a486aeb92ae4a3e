import { describe, expect, it } from 'vitest';
import { compositeAlarm, metricAlarm } from './alarms.ts';
import { judge, type Rule, type State } from './judge.ts';
import { computeMath, type Series } from './math.ts';
import { parseMath } from './math-syntax.ts';
import { firstAlarm, simulate } from './simulate.ts';
import { statisticNamed } from './statistic.ts';
import { Timeline } from './timeline.ts';

/** As CloudWatch's documentation writes it: X breaching, 0 not breaching, - missing; the newest last. */
const points = (text: string): (number | undefined)[] =>
  [...text].map((one) => (one === '-' ? undefined : one === 'X' ? 9 : 0));
const rule = (of: readonly [number, number], treatMissingData: Rule['treatMissingData']): Rule => ({
  breaches: (value) => value >= 5,
  datapointsToAlarm: of[0],
  evaluationPeriods: of[1],
  treatMissingData,
});

describe('missing data, by the tables of CloudWatch’s documentation', () => {
  const RETAIN = 'retain';
  const [A, O, I] = ['ALARM', 'OK', 'INSUFFICIENT_DATA'] as const;
  // Values, then the state where what is missing is: missing, ignored, breaching, not breaching.
  const THREE_OF_THREE = [
    ['0-X-X', O, O, O, O],
    ['0----', O, O, O, O],
    ['-----', I, RETAIN, A, O],
    ['0XX-X', A, A, A, A],
    ['--X--', A, RETAIN, A, O],
  ] as const;
  const TWO_OF_THREE = [
    ['0-X-X', A, A, A, A],
    ['00X0X', A, A, A, A],
    ['0-X--', O, O, A, O],
    ['----0', O, O, A, O],
    ['---X-', A, RETAIN, A, O],
  ] as const;
  const table = [
    ...THREE_OF_THREE.map((row) => [[3, 3], ...row] as const),
    ...TWO_OF_THREE.map((row) => [[2, 3], ...row] as const),
  ];
  it.each(table)('%j: %s', (of, text, missing, ignore, breaching, notBreaching) => {
    const expected = { missing, ignore, breaching, notBreaching };
    for (const treat of ['missing', 'ignore', 'breaching', 'notBreaching'] as const) {
      for (const before of ['OK', 'ALARM'] satisfies State[]) {
        const state = judge(points(text), rule(of, treat), before);
        expect(state, `${treat} after ${before}`).toBe(expected[treat] === RETAIN ? before : expected[treat]);
      }
    }
  });

  it('a breaching value as new as M does not make an alarm too early', () => {
    for (const text of ['----X', '---X-']) expect(judge(points(text), rule([3, 3], 'missing'), 'OK')).toBe('OK');
  });
});

describe('metric math', () => {
  const given: Readonly<Record<string, Series>> = {
    metric1: [30, 20, 0, 0],
    metric2: [20, undefined, 20, undefined],
    cond: [1, 1, 0, 0, undefined],
    yes: [30, undefined, 0, 0, 30],
    no: [0, 0, 20, undefined, 20],
    gap: [1, undefined, 3],
    none: [undefined, undefined, undefined],
  };
  const compute = (expression: string, length = 3): Series =>
    computeMath(parseMath(expression), {
      named: (name) => given[name] ?? [],
      times: Array.from({ length }, (_, hour) => new Date(Date.UTC(2026, 6, 5, 22 + hour))),
      periodSeconds: 3_600,
    });

  it.each([
    // The documentation's own examples.
    ['metric1 < metric2', [0, 0, 1, 0]],
    ['metric1 >= 30', [1, 0, 0, 0]],
    ['metric1 > 15 AND metric2 > 15', [1, 0, 0, 0]],
    ['IF(cond, yes, no)', [30, 0, 20, undefined, undefined]],
    ['IF(cond, 5, no)', [5, 5, 20, undefined, undefined]],
    ['IF(cond, yes, 5)', [30, 0, 5, 5, undefined]],
    ['IF(cond, 5)', [5, 5, undefined, undefined, undefined]],
    // Its rules: a missing value beside one is 0, no value at all is none, a division by zero is dropped.
    ['metric1 + metric2', [50, 20, 20, 0]],
    ['metric1 / metric2', [1.5, undefined, 0, undefined]],
    ['none + none', [undefined, undefined, undefined]],
    ['100 - gap', [99, undefined, 97]],
    ['FILL(gap, 0)', [1, 0, 3]],
    ['FILL(none, REPEAT)', [undefined, undefined, undefined]],
    ['FILL(gap, REPEAT)', [1, 1, 3]],
    ['SUM([metric1, metric2])', [50, 20, 20, 0]],
    ['MAX([metric1, metric2])', [30, 20, 20, 0]],
    ['2 + 3 * 2 ^ 2 - -gap', [15, undefined, 17]],
    ['IF(gap > 2 OR gap == 1 && gap < 1, 1, 0)', [0, undefined, 1]],
  ])('%s', (expression, expected) => {
    expect(compute(expression, expected.length)).toEqual(expected);
  });

  it('knows the time of each period, by UTC', () => {
    expect(compute('HOUR(gap)')).toEqual([22, 23, 0]);
    expect(compute('DAY(gap)')).toEqual([7, 7, 1]);
    expect(compute('gap / PERIOD(gap)')[0]).toBeCloseTo(1 / 3_600);
  });

  it.each([
    'ANOMALY_DETECTION_BAND(gap)',
    'FILL(gap, LINEAR)',
    'MAX(gap)',
    'gap %% 2',
    'IF(gap',
    '5',
    'RATE(gap)',
    'gap gap',
  ])('refuses %s', (expression) => {
    expect(() => compute(expression)).toThrow(/metric math/);
  });
});

it('statistics, and those it does not know', () => {
  const values = [10, 20, 30, 40, 1_000];
  const of = (name: string) => statisticNamed(name)(values);
  expect(['Sum', 'SampleCount', 'Average', 'Maximum', 'Minimum'].map(of)).toEqual([1_100, 5, 220, 1_000, 10]);
  expect(['p50', 'p99', 'p99.9', 'PR(:40)', 'PR(10:30)', 'PR(1000:)'].map(of)).toEqual([30, 1_000, 1_000, 80, 40, 0]);
  expect(statisticNamed('Sum')([])).toBeUndefined();
  for (const name of ['TM(2%:98%)', 'IQM', 'p101', 'PR()']) expect(() => of(name)).toThrow(/not known/);
});

const metric = { namespace: 'N', name: 'M', dimensions: { a: '1', b: '2' } };
const Dimensions = [
  { Name: 'b', Value: '2' },
  { Name: 'a', Value: '1' },
];
const alarmOf = (properties: object) =>
  metricAlarm({
    AlarmName: 'one',
    Namespace: 'N',
    MetricName: 'M',
    Dimensions,
    Statistic: 'Sum',
    Period: 300,
    Threshold: 3,
    ComparisonOperator: 'GreaterThanOrEqualToThreshold',
    EvaluationPeriods: 1,
    TreatMissingData: 'notBreaching',
    ...properties,
  });
const line = (values: readonly number[], id: typeof metric = metric): Timeline => {
  const timeline = new Timeline(new Date(0));
  values.forEach((value, minute) => {
    timeline.add({ ...id, values: [value] }, minute);
  });
  return timeline;
};

describe('an alarm over time', () => {
  it('sums over a sliding window of its period, and goes back when the window has passed', () => {
    const changes = simulate([alarmOf({})], line([1, 0, 1, 0, 1, 0, 0, 0, 0, 0, 0]), 0, 11).get('one');
    expect(changes).toEqual([
      { minute: 4, state: 'ALARM' },
      { minute: 5, state: 'OK' },
    ]);
  });

  it('looks at the last values again where no new ones come, as the documentation warns', () => {
    const changes = simulate([alarmOf({})], line([0, 3]), 0, 60).get('one');
    expect(changes).toEqual([
      { minute: 1, state: 'ALARM' },
      { minute: 16, state: 'OK' },
    ]);
  });

  it('matches all dimensions, in whatever order, and no other metric', () => {
    for (const dimensions of [{ a: '1' }, { a: '1', b: '3' }, { a: '1', b: '2', c: '3' }]) {
      const other = line([9, 9, 9], { ...metric, dimensions: { ...dimensions, b: dimensions.b ?? '' } });
      expect(firstAlarm(simulate([alarmOf({})], other, 0, 20).get('one'))).toBeUndefined();
    }
    expect(firstAlarm(simulate([alarmOf({})], line([9]), 0, 20).get('one'))).toBe(0);
  });

  it('two of three wait for the second', () => {
    const alarm = alarmOf({ Period: 60, EvaluationPeriods: 3, DatapointsToAlarm: 2 });
    expect(firstAlarm(simulate([alarm], line([9, 0, 9]), 0, 20).get('one'))).toBe(2);
    expect(firstAlarm(simulate([alarm], line([9, 0, 0, 0, 9]), 0, 20).get('one'))).toBeUndefined();
  });

  it('an expression is evaluated on all its metrics', () => {
    const stat = (Id: string, Stat: string) => ({
      Id,
      MetricStat: { Metric: { Namespace: 'N', MetricName: 'M', Dimensions }, Period: 3_600, Stat },
      ReturnData: false,
    });
    const Metrics = [
      { Id: 'late', Expression: 'IF(100 - fresh >= 10, all * (100 - fresh) / 100, 0)' },
      stat('fresh', 'PR(:60)'),
      stat('all', 'SampleCount'),
    ];
    const nothing = { Namespace: undefined, MetricName: undefined, Dimensions: undefined, Period: undefined };
    const alarm = alarmOf({ ...nothing, Statistic: undefined, Metrics });
    expect(firstAlarm(simulate([alarm], line([5, 70, 5, 70, 5, 70]), 0, 20).get('one'))).toBe(5);
    expect(alarm.metrics).toEqual([metric, metric]);
  });
});

describe('a composite', () => {
  const part = (AlarmName: string, MetricName: string) => alarmOf({ AlarmName, MetricName });
  const parts = [part('a', 'M'), part('b', 'other')];
  const names = new Map([
    ['arn:a', 'a'],
    ['b', 'b'],
  ]);
  const composite = (AlarmRule: string) => compositeAlarm({ AlarmName: 'both', AlarmRule }, names);
  it.each([
    ['ALARM("arn:a") OR ALARM("b")', 0],
    ['(ALARM("arn:a") AND ALARM("b"))', undefined],
    ["ALARM(arn:a) AND NOT OK('b') OR FALSE", undefined],
    ['ALARM("arn:a") AND OK("b")', 0],
    ['TRUE OR TRUE AND FALSE', 0],
  ])('%s', (text, expected) => {
    expect(firstAlarm(simulate([composite(text), ...parts], line([9]), 0, 10).get('both'))).toBe(expected);
  });
  it.each(['AT_LEAST(1, ALARM, (a, b))', 'ALARM("nobody")', 'ALARM("b") XOR ALARM("b")', 'ALARM("b'])(
    'refuses %s',
    (text) => {
      expect(() => composite(text)).toThrow();
    },
  );
});

it('refuses what it does not know of an alarm', () => {
  for (const unknown of [
    { Unit: 'Count' },
    { ComparisonOperator: 'LessThanLowerOrGreaterThanUpperThreshold' },
    { Period: 10 },
    { Statistic: 'IQM' },
    { EvaluationWindow: {} },
    { ThresholdMetricId: 'e1' },
  ]) {
    expect(() => alarmOf(unknown), JSON.stringify(unknown)).toThrow();
  }
});

it('an alarm that looks back for more than a day is evaluated once an hour', () => {
  const alarm = alarmOf({ Period: 3 * 86_400 });
  expect(firstAlarm(simulate([alarm], line([0, 0, 9]), 0, 200).get('one'))).toBe(59);
});
