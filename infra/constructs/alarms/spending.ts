import { Duration } from 'aws-cdk-lib';
import { type IMetric, MathExpression } from 'aws-cdk-lib/aws-cloudwatch';
import type { Table } from 'aws-cdk-lib/aws-dynamodb';
import type { Construct } from 'constructs';
import { PRICES } from '../../prices.ts';
import type { Stage } from '../../stages.ts';
import type { NodeFunction } from '../node-function.ts';
import type { WebhookApi } from '../webhook-api.ts';
import type { Alarms } from './alarms.ts';

const DAY = Duration.days(1);

export interface Spenders {
  readonly functions: readonly NodeFunction[];
  readonly tables: readonly Table[];
  readonly api: WebhookApi;
}

/**
 * An alarm on the dollars of the last 24 hours. An expression of an alarm may name ten metrics, so it adds up what
 * grows when something goes round in circles: the time of functions, what is written to tables, and webhooks. What is
 * left out (reads, messages, logs) grows along with these; `npm run cost` has the whole bill.
 */
export function watchSpending(scope: Construct, stage: Stage, alarms: Alarms, spenders: Spenders): void {
  const terms = termsOf(stage, spenders);
  alarms.add(scope, 'Spending', {
    name: 'spending',
    metric: new MathExpression({
      label: 'dollars of 24 hours',
      // A function that nobody called has no figure, and would take all others with it.
      expression: terms.map(({ id, dollars }) => `FILL(${id}, 0) * ${dollars}`).join(' + '),
      usingMetrics: Object.fromEntries(terms.map(({ id, metric }) => [id, metric])),
      period: DAY,
    }),
    threshold: stage.alarms.dollarsPerDay,
    periods: { breaching: 1, of: 1 },
    severity: 'ticket',
    impact: 'None for guests. AWS costs far more than planned: something may be going round in circles.',
    runbook: 'Spending more than planned',
    query: 'runs',
  });
}

interface Term {
  readonly id: string;
  readonly metric: IMetric;
  /** Of one unit, as a plain decimal number. */
  readonly dollars: string;
}

function termsOf(stage: Stage, { functions, tables, api }: Spenders): readonly Term[] {
  const sum = { period: DAY, statistic: 'Sum' } as const;
  return [
    ...functions.map((one, index) => ({
      id: `time${index}`,
      metric: one.function.metricDuration(sum),
      dollars: plainDecimal((stage.memory[one.name] / 1024 / 1000) * PRICES.lambdaPerGbSecond),
    })),
    ...tables.map((table, index) => ({
      id: `writes${index}`,
      metric: table.metricConsumedWriteCapacityUnits(sum),
      dollars: plainDecimal(PRICES.writesPerMillion / 1e6),
    })),
    {
      id: 'webhooks',
      metric: api.metrics(DAY).requests,
      dollars: plainDecimal((PRICES.apiPerMillion + PRICES.lambdaPerMillionCalls + PRICES.sqsPerMillion) / 1e6),
    },
  ];
}

/** A number as an expression may hold it: CloudWatch reads no exponents. */
export function plainDecimal(dollars: number): string {
  return dollars.toFixed(15).replace(/0+$/, '');
}
