import { Aws } from 'aws-cdk-lib';
import { CfnQueryDefinition } from 'aws-cdk-lib/aws-logs';
import { Construct } from 'constructs';
import type { FunctionName, Stage } from '../stages.ts';

/** A function's log group. */
export const logGroupOf = (stage: string, name: FunctionName): string => `/harborlight/${stage}/${name}`;

/**
 * The log group of the API's access log. This prefix keeps API Gateway's right to write to it out of the account-wide
 * policy, whose size is limited.
 */
export const accessLogGroupOf = (stage: string): string => `/aws/vendedlogs/harborlight/${stage}/webhook-api`;

export interface SavedQuery {
  /** Whose logs it reads: these functions', or the API's access log. */
  readonly from: readonly FunctionName[] | 'access-log';
  /** Hours that a link to it looks back. */
  readonly hours: number;
  /** CloudWatch Logs Insights QL, short: a link with it stands in alarms' descriptions, of 1,024 characters at most. */
  readonly query: string;
}

const ALL: readonly FunctionName[] = ['ingest', 'enrichment', 'crm-sync', 'marketing-sync', 'reconcile'];
const SINKS: readonly FunctionName[] = ['crm-sync', 'marketing-sync'];

const NEWEST = '|sort @timestamp desc|limit 99';
const OLDEST = '|sort @timestamp|limit 999';
const SHOWN = 'fields @timestamp,service,message,code,why,uuid,correlationId';

/** Calls of a vendor that were refused, slow or tried again, and what became of the messages behind them. */
const callsOf = (vendor: string): string =>
  `fields @timestamp,message,route,status,ms,code,uuid|filter level!="DEBUG" and (vendor="${vendor}" or code like "${vendor}.")${NEWEST}`;

/** The questions that the person on call asks of the logs. Where one wants an id, put it in the place of `PASTE`. */
export const SAVED_QUERIES = {
  /** Warnings and errors, and what Lambda says of a function that did not start or not end by itself. */
  errors: {
    from: ALL,
    hours: 1,
    query: `${SHOWN}|filter level in ["WARN","ERROR"] or @message like /"platform[.]/${NEWEST}`,
  },
  'one-booking': {
    from: ALL,
    hours: 24,
    query: `fields @timestamp,service,message,version,sink,code,why,route,status,ms,correlationId|filter @message like "PASTE"${OLDEST}`,
  },
  'one-webhook': {
    from: ALL,
    hours: 24,
    query: `fields @timestamp,service,message,uuid,version,sink,code,why,route,status,ms|filter correlationId="PASTE"${OLDEST}`,
  },
  salesforce: { from: ['crm-sync'], hours: 1, query: callsOf('salesforce') },
  mailchimp: { from: ['marketing-sync'], hours: 1, query: callsOf('mailchimp') },
  fareharbor: { from: ['enrichment', 'reconcile'], hours: 1, query: callsOf('fareharbor') },
  model: {
    from: ['enrichment'],
    hours: 1,
    query: `fields @timestamp,message,reason,status,ms,uuid|filter (level!="DEBUG" and vendor="model") or (level="WARN" and message like "model.")${NEWEST}`,
  },
  'refused-webhooks': {
    from: 'access-log',
    hours: 1,
    query: `fields @timestamp,status,sourceIp,requestId,ms,error|filter status>=400${NEWEST}`,
  },
  late: {
    from: SINKS,
    hours: 3,
    query:
      'fields @timestamp,sink,milliseconds,uuid,version,correlationId|filter message="booking.synced"|sort milliseconds desc|limit 99',
  },
  parked: {
    from: SINKS,
    hours: 24,
    query: `fields @timestamp,sink,company,code,why,uuid,correlationId|filter message="booking.parked"${NEWEST}`,
  },
  quarantined: {
    from: ['ingest', 'enrichment'],
    hours: 24,
    query: `fields @timestamp,service,reason,company,uuid,correlationId|filter message="webhook.quarantined"${NEWEST}`,
  },
  missed: {
    from: ['enrichment', 'reconcile'],
    hours: 24,
    query: `fields @timestamp,message,company,uuid,noted|filter message like /^booking.missed|^sweep/${NEWEST}`,
  },
  gates: {
    from: SINKS,
    hours: 24,
    query: `fields @timestamp,message,sink,company,code|filter message like /^circuit|^volume/${NEWEST}`,
  },
  /** The longest runs that were told of: first ones of a process, long ones, and a share of all. */
  runs: {
    from: ALL,
    hours: 1,
    query: 'fields @timestamp,service,ms,initMs,peakMb,memoryMb|filter message="run.ended"|sort ms desc|limit 99',
  },
} as const satisfies Readonly<Record<string, SavedQuery>>;
export type SavedQueryName = keyof typeof SAVED_QUERIES;

/** The log groups that a saved query reads, at a stage. */
export function logGroupsOf(stage: string, name: SavedQueryName): readonly string[] {
  const { from }: SavedQuery = SAVED_QUERIES[name];
  return from === 'access-log' ? [accessLogGroupOf(stage)] : from.map((each) => logGroupOf(stage, each));
}

/**
 * The console's page of Logs Insights with a query filled in, ready to run. It needs no saved query's id.
 *
 * The console keeps an object in the address: `~(key~'text~key~('…))`, in which each character but letters, digits,
 * `-`, `_` and `.` is `*` with two hexadecimal digits. No source of AWS describes it; addresses that the console makes
 * do. Its brackets and quotes are encoded once more, as older consoles did, since mail programs end links at them.
 *
 * @param hours that it looks back from when it is opened.
 */
export function savedQueryLink(region: string, query: string, logGroupNames: readonly string[], hours = 1): string {
  const detail = [
    `end~0~start~-${hours * 3600}~timeType~'RELATIVE~unit~'seconds`,
    `~editorString~'${starred(query)}`,
    `~source~(${logGroupNames.map((name) => `~'${starred(name)}`).join('')})`,
  ].join('');
  const encoded = `~(${detail})`.replaceAll(/[()']/g, (character) => ENCODED_TWICE[character] ?? character);
  return `https://${region}.console.aws.amazon.com/cloudwatch/home?region=${region}#logsV2:logs-insights$3FqueryDetail$3D${encoded}`;
}

const ENCODED_TWICE: Readonly<Record<string, string>> = { '(': '$2528', ')': '$2529', "'": '$2527' };

function starred(text: string): string {
  return text.replaceAll(/[^\w.-]/gu, (character) =>
    [...Buffer.from(character, 'utf8')].map((byte) => `*${byte.toString(16).padStart(2, '0')}`).join(''),
  );
}

/**
 * The link to a saved query at a stage, in the region that is deployed to.
 * @param logGroupNames default: all that the query reads; an alarm of one function gives that function's.
 */
export function linkToQuery(
  stage: string,
  name: SavedQueryName,
  logGroupNames: readonly string[] = logGroupsOf(stage, name),
): string {
  const { query, hours }: SavedQuery = SAVED_QUERIES[name];
  return savedQueryLink(Aws.REGION, query, logGroupNames, hours);
}

/** The saved queries of a stage, in the console under Logs Insights → Saved queries → `harborlight/<stage>`. */
export class SavedQueries extends Construct {
  constructor(scope: Construct, id: string, stage: Stage) {
    super(scope, id);
    for (const name of QUERY_NAMES) {
      new CfnQueryDefinition(this, name, {
        name: `harborlight/${stage.name}/${name}`,
        queryString: SAVED_QUERIES[name].query.replaceAll('|', '\n| '),
        logGroupNames: [...logGroupsOf(stage.name, name)],
      });
    }
  }
}

/** In the order in which they are listed. */
export const QUERY_NAMES: readonly SavedQueryName[] = Object.keys(SAVED_QUERIES).filter(
  (name): name is SavedQueryName => name in SAVED_QUERIES,
);
