import { createServer, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import { CloudWatchClient } from '@aws-sdk/client-cloudwatch';
import * as z from 'zod';

const nextToken = z.string().optional();
const describeSchema = z.strictObject({
  AlarmNamePrefix: z.string().min(1).max(255),
  AlarmTypes: z.array(z.enum(['MetricAlarm', 'CompositeAlarm'])).default(['MetricAlarm']),
  NextToken: nextToken,
});
const putSchema = z.strictObject({
  Name: z.string().regex(/^[\w.-]{1,255}$/),
  Description: z.string().max(1024).optional(),
  Rule: z.strictObject({
    Schedule: z.strictObject({
      Expression: z.string().regex(/^at\(\d{4}-\d{2}-\d{2}T\d{2}:\d{2}\)$/),
      Duration: z.string().regex(/^PT\d{1,4}M$/),
      Timezone: z.literal('UTC').optional(),
    }),
  }),
  MuteTargets: z.strictObject({ AlarmNames: z.array(z.string().min(1).max(255)).min(1).max(100) }),
  ExpireDate: z.number().optional(),
});
const listSchema = z.strictObject({
  Statuses: z.array(z.enum(['SCHEDULED', 'ACTIVE', 'EXPIRED'])).optional(),
  NextToken: nextToken,
});
const deleteSchema = z.strictObject({ AlarmMuteRuleName: z.string().min(1) });

type Rule = z.infer<typeof putSchema>;
interface Answer {
  readonly status: number;
  readonly body: object;
}

/** A page is small, so that what forgets to turn it shows. */
const PAGE = 30;
const MOST_MINUTES = 15 * 24 * 60;

/**
 * CloudWatch as far as muting goes, over HTTP and its JSON: strict about what it is sent, and keeping what it was told.
 * @param alarms by name, with what kind they are.
 */
export async function startCloudWatch(alarms: ReadonlyMap<string, 'MetricAlarm' | 'CompositeAlarm'>) {
  const rules = new Map<string, Rule>();
  const calls: string[] = [];
  const answer = (action: string, json: unknown): Answer => {
    calls.push(action);
    if (action === 'DescribeAlarms') return describe(alarms, describeSchema.parse(json));
    if (action === 'PutAlarmMuteRule') return put(rules, alarms, putSchema.parse(json));
    if (action === 'ListAlarmMuteRules') return list(rules, listSchema.parse(json));
    if (action !== 'DeleteAlarmMuteRule') return refused('UnknownOperationException', action);
    const { AlarmMuteRuleName } = deleteSchema.parse(json);
    return rules.delete(AlarmMuteRuleName) ? { status: 200, body: {} } : refused('ResourceNotFound', AlarmMuteRuleName);
  };
  const server = createServer((request, response) => {
    void read(request).then((text) => {
      const { status, body } = answered(request, () => answer(targetOf(request), JSON.parse(text)));
      response.writeHead(status, { 'content-type': 'application/x-amz-json-1.0' }).end(JSON.stringify(body));
    });
  });
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
  const { port } = z.object({ port: z.int() }).parse(server.address() satisfies AddressInfo | string | null);
  const client = new CloudWatchClient({
    endpoint: `http://127.0.0.1:${port}`,
    region: 'us-east-1',
    credentials: { accessKeyId: 'k', secretAccessKey: 's' },
    maxAttempts: 1,
  });
  return {
    client,
    rules,
    calls,
    /** The alarms that tell nobody at that time. */
    mutedAt: (at: Date): string[] =>
      [...rules.values()].filter((rule) => isActive(rule, at)).flatMap(({ MuteTargets }) => MuteTargets.AlarmNames),
    async close() {
      client.destroy();
      await new Promise<void>((done) => server.close(() => done()));
    },
  };
}

function targetOf(request: IncomingMessage): string {
  const [service, action = ''] = String(request.headers['x-amz-target']).split('.');
  return service === 'GraniteServiceVersion20100801' ? action : `${service}?`;
}

function answered(request: IncomingMessage, work: () => Answer): Answer {
  if (!/\/us-east-1\/monitoring\/aws4_request/.test(request.headers.authorization ?? '')) {
    return refused('MissingAuthenticationToken', 'not signed for CloudWatch');
  }
  try {
    return work();
  } catch (error) {
    return refused('InvalidParameterValue', error instanceof Error ? error.message : 'no JSON');
  }
}

async function read(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(Buffer.from(chunk));
  return Buffer.concat(chunks).toString('utf8');
}

function describe(
  alarms: ReadonlyMap<string, string>,
  { AlarmNamePrefix, AlarmTypes, NextToken = '0' }: z.infer<typeof describeSchema>,
): Answer {
  const found = [...alarms].filter(
    ([name, type]) => name.startsWith(AlarmNamePrefix) && AlarmTypes.some((asked) => asked === type),
  );
  const { page, rest } = paged(found, NextToken);
  const of = (wanted: string) => page.filter(([, type]) => type === wanted).map(([AlarmName]) => ({ AlarmName }));
  return { status: 200, body: { MetricAlarms: of('MetricAlarm'), CompositeAlarms: of('CompositeAlarm'), ...rest } };
}

function put(rules: Map<string, Rule>, alarms: ReadonlyMap<string, string>, rule: Rule): Answer {
  const { from, until } = windowOf(rule);
  const minutes = (until - from) / 60_000;
  if (minutes < 1 || minutes > MOST_MINUTES) return refused('InvalidParameterValue', 'Duration');
  if (rule.ExpireDate !== undefined && rule.ExpireDate * 1000 < from)
    return refused('InvalidParameterValue', 'ExpireDate');
  const unknown = rule.MuteTargets.AlarmNames.find((name) => !alarms.has(name));
  if (unknown !== undefined) return refused('ResourceNotFound', unknown);
  rules.set(rule.Name, rule);
  return { status: 200, body: {} };
}

function list(rules: ReadonlyMap<string, Rule>, { Statuses, NextToken = '0' }: z.infer<typeof listSchema>): Answer {
  const now = new Date();
  const found = [...rules.values()]
    .map((rule) => ({ rule, Status: statusOf(rule, now) }))
    .filter(({ Status }) => Statuses === undefined || Statuses.some((asked) => asked === Status));
  const { page, rest } = paged(found, NextToken);
  const arn = 'arn:aws:cloudwatch:us-east-1:123456789012:alarm-mute-rule';
  const AlarmMuteRuleSummaries = page.map(({ rule, Status }) => ({ AlarmMuteRuleArn: `${arn}:${rule.Name}`, Status }));
  return { status: 200, body: { AlarmMuteRuleSummaries, ...rest } };
}

function paged<Item>(all: readonly Item[], token: string) {
  const from = Number(token);
  const next = from + PAGE;
  return { page: all.slice(from, next), rest: next < all.length ? { NextToken: String(next) } : {} };
}

function windowOf({ Rule: { Schedule }, ExpireDate }: Rule): { readonly from: number; readonly until: number } {
  const from = Date.parse(`${Schedule.Expression.slice(3, -1)}:00Z`);
  const end = from + Number(/\d+/.exec(Schedule.Duration)?.[0]) * 60_000;
  return { from, until: Math.min(end, ExpireDate === undefined ? end : ExpireDate * 1000) };
}

function statusOf(rule: Rule, at: Date): 'SCHEDULED' | 'ACTIVE' | 'EXPIRED' {
  const { from, until } = windowOf(rule);
  if (at.getTime() < from) return 'SCHEDULED';
  return at.getTime() < until ? 'ACTIVE' : 'EXPIRED';
}

function isActive(rule: Rule, at: Date): boolean {
  return statusOf(rule, at) === 'ACTIVE';
}

function refused(type: string, message: string): Answer {
  return { status: 400, body: { __type: type, message } };
}
