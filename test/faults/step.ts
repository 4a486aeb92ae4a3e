import * as z from 'zod';

/** The functions in the order in which a booking passes them; sinks work beside each other. */
export const SERVICES = ['ingest', 'enrichment', 'crm-sync', 'marketing-sync', 'reconcile'] as const;

/** One call that leaves a function's process: the n-th of its kind since the counting began. */
export interface Step {
  readonly service: string;
  /** What is called, without ids: `DynamoDB UpdateItem bookings`, `mailchimp PUT /3.0/lists/audience01/members/{hash}`. */
  readonly call: string;
  readonly occurrence: number;
}

/** A step as people name it, and as `--point` takes it. */
export function stepName({ service, call, occurrence }: Step): string {
  return `${service}: ${call} ${occurrence}`;
}

const awsBody = z.looseObject({
  TableName: z.string().optional(),
  QueueUrl: z.string().optional(),
  SecretId: z.string().optional(),
  TransactItems: z.array(z.unknown()).optional(),
});

/** Names an AWS call by its target header and the table, queue or secret it is about. */
export function awsCall(target: string, body: string): string {
  const [prefix = '', action = ''] = target.split('.');
  const parsed = awsBody.safeParse(parseJson(body));
  const { TableName, QueueUrl, SecretId } = parsed.success ? parsed.data : {};
  const subject = (TableName ?? QueueUrl ?? SecretId ?? '').split('/').at(-1) ?? '';
  const service = prefix.startsWith('DynamoDB') ? 'DynamoDB' : prefix === 'AmazonSQS' ? 'SQS' : 'Secrets Manager';
  return [service, action, subject.replace(/^harborlight-dev-|-\w{6}$/g, '')].filter((part) => part !== '').join(' ');
}

/** Names a vendor's call by its method and path; what is one booking's or guest's in the path goes. */
export function vendorCall(vendor: string, method: string, path: string): string {
  const plain = path
    .replace(/\?.*$/, '')
    .replace(/[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}/gi, '{uuid}')
    .replace(/[0-9a-f]{32}/gi, '{hash}');
  return `${vendor} ${method} ${plain}`;
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
