/**
 * What AWS charges in us-east-1, in US dollars, without free tiers. Other regions differ by some percent: change them here.
 * Second-hand, as remembered of AWS's price lists, which could not be opened when this was written: look there before you
 * quote one.
 */
export const PRICES = {
  asOf: '2026-11',
  /** Lambda on Arm. */
  lambdaPerGbSecond: 0.000_013_333_4,
  lambdaPerMillionCalls: 0.2,
  /** Each call of the SQS FIFO API. */
  sqsPerMillion: 0.5,
  /** DynamoDB on demand: a unit is 1 KB written, or 4 KB read consistently. */
  writesPerMillion: 0.625,
  readsPerMillion: 0.125,
  /** HTTP API. */
  apiPerMillion: 1,
  logsPerGb: 0.5,
  logsKeptPerGbMonth: 0.03,
  metricPerMonth: 0.3,
  alarmPerMonth: 0.1,
  compositeAlarmPerMonth: 0.5,
  dashboardPerMonth: 3,
  secretPerMonth: 0.4,
  secretReadsPerMillion: 5,
  /** A key of one's own; and each use of any key, AWS's own included. */
  keyPerMonth: 1,
  keyUsesPerMillion: 3,
  /** X-Ray, for each trace recorded. */
  tracesPerMillion: 5,
  /** DynamoDB's storage, with point-in-time recovery beside it. */
  tablePerGbMonth: 0.25,
  recoveryPerGbMonth: 0.2,
  /** To the internet. */
  dataOutPerGb: 0.09,
} as const;

/**
 * What others charge, in US dollars a month. Second-hand, as remembered from the public pages named here, which could not
 * be opened when this was written: look there before you quote one.
 */
export const OTHER_PRICES = {
  asOf: '2026-11',
  zapier: {
    source: 'zapier.com/pricing, Professional, billed yearly; beyond a plan: help.zapier.com, "pay-per-task billing"',
    plans: [
      { tasks: 750, perMonth: 19.99 },
      { tasks: 2_000, perMonth: 49 },
      { tasks: 5_000, perMonth: 69 },
      { tasks: 10_000, perMonth: 129 },
      { tasks: 20_000, perMonth: 189 },
      { tasks: 50_000, perMonth: 289 },
      { tasks: 100_000, perMonth: 489 },
      { tasks: 200_000, perMonth: 769 },
      { tasks: 500_000, perMonth: 1_499 },
      { tasks: 1_000_000, perMonth: 2_199 },
      { tasks: 2_000_000, perMonth: 3_389 },
    ],
    /** A task beyond the plan costs so much more than one within it, up to three times the plan. */
    beyondPlan: 1.25,
    mostOfPlan: 3,
  },
  n8n: {
    source:
      'aws.amazon.com/ec2/pricing: t4g.small by the hour, 20 GB gp3 with snapshots, a public IPv4 address; n8n itself free',
    machinePerMonth: 12.26,
    diskPerMonth: 2.6,
    addressPerMonth: 3.65,
  },
} as const;
