import { Duration } from 'aws-cdk-lib';
import { MathExpression } from 'aws-cdk-lib/aws-cloudwatch';
import { METRIC } from '../shared/observability/metric-names.ts';
import { watchVendor } from './constructs/alarms/vendor-alarms.ts';
import type { Deployment, NodeFunction } from './constructs/node-function.ts';
import type { FunctionName } from './stages.ts';

/**
 * Each vendor where its calls matter most, which for FareHarbor is not the sweep in the background; and what a vendor
 * counts out to us: Salesforce's calls a day, the model's money.
 */
export function watchVendors(functions: Readonly<Record<FunctionName, NodeFunction>>, deployment: Deployment): void {
  const { stage, alarms } = deployment;
  const crmSync = functions['crm-sync'];
  watchDayLimit(crmSync, deployment);
  watchModel(functions.enrichment, deployment);
  watchVendor(crmSync, alarms, {
    vendor: 'salesforce',
    called: 'Salesforce',
    impact: {
      failing: 'Bookings reach Salesforce late or not yet: many of its answers are errors, or do not come.',
      limiting: 'Bookings reach Salesforce late: it allows no more calls at the moment, to nobody in the org.',
      slow: 'Bookings reach Salesforce a little late, and soon more so: it answers slowly.',
    },
    slowAboveMs: 6_000,
  });
  crmSync.alarmOn({
    metric: METRIC.salesforceSignInFailed,
    within: Duration.hours(1),
    threshold: 3,
    severity: 'ticket',
    impact: 'Salesforce does not let us in, or does not take the sessions it gave: nothing new arrives there.',
    runbook: 'Salesforce sign-in fails',
    query: 'salesforce',
  });
  watchVendor(functions['marketing-sync'], alarms, {
    vendor: 'mailchimp',
    called: 'Mailchimp',
    impact: {
      failing: 'Guests reach Mailchimp late or not yet: many of its answers are errors, or do not come.',
      limiting: 'Guests reach Mailchimp late: it allows no more connections at the moment.',
      slow: 'Guests reach Mailchimp a little late, and soon more so: it answers slowly.',
    },
    slowAboveMs: 3_000,
  });
  watchVendor(functions.enrichment, alarms, {
    vendor: 'fareharbor',
    called: 'FareHarbor',
    impact: {
      failing: 'Bookings are taken from webhooks alone for now, and verified later: payments may be missing so long.',
      limiting: 'Bookings are taken from webhooks alone for now: FareHarbor refuses calls for their number.',
      slow: 'Bookings come some seconds late: FareHarbor answers slowly.',
    },
    slowAboveMs: 2_500,
  });
  watchVendor(functions.enrichment, alarms, {
    vendor: 'model',
    called: 'the model',
    impact: {
      failing: 'Bookings come without an AI summary for now: the model’s server fails or does not answer in time.',
      limiting:
        'Bookings come without an AI summary for now: the model’s server allows no more calls, or no money is left.',
      slow: 'Bookings come some seconds late, and more and more without an AI summary: the model is slow.',
    },
    // An operator may allow a slow model its time.
    slowAboveMs: 0.75 * Math.max(...Object.values(stage.settings.companies).map(({ model }) => model.timeoutMs), 4_000),
  });
}

/** Fewer fallbacks of an hour than this are chance, whatever their share. */
const FALLBACKS = { atLeast: 5, percent: 20 } as const;

function watchModel(enrichment: NodeFunction, { alarms }: Deployment): void {
  enrichment.alarmOn({
    metric: METRIC.modelBudgetUsed,
    statistic: 'Maximum',
    threshold: 80,
    severity: 'ticket',
    impact:
      'A company’s budget for the model runs out: the rest of the UTC day is read by rules alone, and caught up later.',
    runbook: 'Model budget',
    query: 'model',
  });
  const hour = Duration.hours(1);
  alarms.add(enrichment, METRIC.modelFallback, {
    name: 'enrichment-model-fallback',
    metric: new MathExpression({
      label: 'readings left to rules, where they are many',
      expression: `IF(rules >= ${FALLBACKS.atLeast} AND 100 * rules / wanted >= ${FALLBACKS.percent}, rules, 0)`,
      usingMetrics: {
        rules: enrichment.metric(METRIC.modelFallback, 'Sum', hour),
        wanted: enrichment.metric(METRIC.modelWanted, 'Sum', hour),
      },
      period: hour,
    }),
    threshold: FALLBACKS.atLeast,
    periods: { breaching: 1, of: 1 },
    severity: 'ticket',
    impact: 'Much of what guests write is read by keywords only: summaries and some tags are missing for now.',
    runbook: 'Rules instead of the model',
    query: 'model',
  });
}

/** Salesforce's calls a day are shared with everything else that the operator has there. */
function watchDayLimit(crmSync: NodeFunction, { stage }: Deployment): void {
  const shares = Object.values(stage.settings.companies).map(({ salesforce }) => salesforce.dayLimit.slowAbove);
  crmSync.alarmOn({
    metric: METRIC.salesforceCallsUsed,
    statistic: 'Maximum',
    threshold: Math.round(100 * Math.min(...shares, 1)),
    severity: 'ticket',
    impact: 'Salesforce’s calls of the day run out: backfill waits, and soon all but cancellations.',
    runbook: 'Salesforce day limit',
    query: 'salesforce',
  });
}
