import { describe, expect, test } from 'vitest';
import type { Deployment } from './synth.ts';
import { functionSchema, queueSchema, type Resource, resources, roleSchema } from './template.ts';

const CONSUMES = (queue: string): string[] =>
  ['ChangeMessageVisibility', 'DeleteMessage', 'GetQueueAttributes', 'ReceiveMessage'].map(
    (action) => `sqs:${action} on queue ${queue}`,
  );
const SYNCS = (queue: string, secret: string): string[] => [
  ...CONSUMES(queue),
  'dynamodb:BatchGetItem on table Bookings',
  'dynamodb:GetItem on table Bookings',
  'dynamodb:UpdateItem on table Bookings',
  'dynamodb:BatchGetItem on table Guests',
  'dynamodb:GetItem on table Guests',
  'dynamodb:PutItem on table Guests',
  'dynamodb:Query on table Guests',
  // What stands between it and its vendor (a pause, an open circuit), and how much it writes.
  'dynamodb:PutItem on table Operations',
  'dynamodb:Query on table Operations',
  'dynamodb:UpdateItem on table Operations',
  // What was written of what was decided: appended, and never changed by anybody.
  'dynamodb:PutItem on table Decisions',
  `secretsmanager:GetSecretValue on secret ${secret}`,
  // A message that fails again steps aside: a copy of it goes into its own queue.
  `sqs:SendMessage on queue ${queue}`,
];

/** What every function has beside its own. */
const EVERY = (service: string): string[] => [
  `logs:CreateLogStream on logs of ${service}`,
  `logs:PutLogEvents on logs of ${service}`,
];

/** Every right there is, as a reviewer should read it: a new one is written here on purpose or not at all. */
const RIGHTS: Readonly<Record<string, readonly string[]>> = {
  ingest: ['secretsmanager:GetSecretValue on secret webhook', 'sqs:SendMessage on queue bookings'],
  enrichment: [
    ...CONSUMES('bookings'),
    'dynamodb:BatchGetItem on table Bookings',
    'dynamodb:GetItem on table Bookings',
    'dynamodb:PutItem on table Bookings',
    'dynamodb:UpdateItem on table Bookings',
    'dynamodb:BatchGetItem on table Guests',
    // That nobody has made a guest's totals meanwhile, while they are made from all bookings.
    'dynamodb:ConditionCheckItem on table Guests',
    'dynamodb:DeleteItem on table Guests',
    'dynamodb:GetItem on table Guests',
    'dynamodb:PutItem on table Guests',
    'dynamodb:Query on table Guests',
    'dynamodb:BatchGetItem on table Operations',
    'dynamodb:DeleteItem on table Operations',
    'dynamodb:GetItem on table Operations',
    'dynamodb:PutItem on table Operations',
    'dynamodb:Query on table Operations',
    'dynamodb:UpdateItem on table Operations',
    // Appended to, and never changed by anybody.
    'dynamodb:PutItem on table Decisions',
    'secretsmanager:GetSecretValue on secret fareharbor',
    'secretsmanager:GetSecretValue on secret openai',
    'sqs:SendMessage on queue crm',
    'sqs:SendMessage on queue marketing',
  ],
  // One session of Salesforce is shared by all environments.
  'crm-sync': [...SYNCS('crm', 'salesforce'), 'dynamodb:GetItem on table Operations'],
  'marketing-sync': SYNCS('marketing', 'mailchimp'),
  reconcile: [
    'dynamodb:BatchGetItem on table Bookings',
    'dynamodb:Query on table Bookings/index/byAttention',
    'dynamodb:BatchGetItem on table Operations',
    'dynamodb:PutItem on table Operations',
    'dynamodb:Query on table Operations',
    // For its sweep of FareHarbor.
    'secretsmanager:GetSecretValue on secret fareharbor',
    'sqs:SendMessage on queue bookings',
    'sqs:SendMessage on queue crm',
    'sqs:SendMessage on queue marketing',
  ],
};

type Role = ReturnType<typeof rolesOf>[number];
const rolesOf = ({ pipeline }: Deployment) => resources(pipeline, 'AWS::IAM::Role', roleSchema);

/** Names a resource as people do. What is not known keeps its text, which then is in no table. */
function named({ pipeline, stage }: Deployment, resource: string): string {
  const [, id = ''] = /^\$\{(\w+)\.Arn\}$/.exec(resource) ?? [];
  const queue = resources(pipeline, 'AWS::SQS::Queue', queueSchema).find((one) => one.id === id);
  if (queue !== undefined) {
    return `queue ${queue.properties.QueueName.replace(`harborlight-${stage.name}-`, '').replace('.fifo', '')}`;
  }
  const logs = String(pipeline.Resources[id]?.Properties.LogGroupName ?? '');
  if (logs.startsWith(`/harborlight/${stage.name}/`)) return `logs of ${logs.split('/').at(-1)}`;
  const exported = /:ExportsOutput(FnGetAtt|Ref)([A-Za-z]+?)(secret)?[0-9A-F]{8}\w*\}(\/index\/\w+)?$/.exec(resource);
  const [, , name, secret, index = ''] = exported ?? [];
  if (name === undefined) return resource;
  return secret === undefined ? `table ${name}${index}` : `secret ${name}`;
}

function rightsOf(deployment: Deployment, role: Role | undefined): string[] {
  const statements = (role?.properties.Policies ?? []).flatMap(({ PolicyDocument }) => PolicyDocument.Statement);
  return statements
    .flatMap(({ Action, Resource: on }) =>
      Action.flatMap((action) => on.map((resource) => `${action} on ${named(deployment, resource)}`)),
    )
    .sort();
}

export function describeExactRights(deployment: Deployment): void {
  const functions = resources(deployment.pipeline, 'AWS::Lambda::Function', functionSchema);
  const serviceOf = ({ properties }: Resource<(typeof functions)[number]['properties']>) =>
    properties.Environment.Variables.SERVICE_NAME;

  describe('exact rights', () => {
    test('are written down for every function', () => {
      expect(functions.map(serviceOf).sort()).toEqual(Object.keys(RIGHTS).sort());
    });

    test.each(Object.entries(RIGHTS))('%s has these and no other', (service, rights) => {
      const role = functions.find((one) => serviceOf(one) === service)?.properties.Role;
      const found = rolesOf(deployment).find(({ id }) => role === `\${${id}.Arn}`);
      expect(rightsOf(deployment, found)).toEqual([...rights, ...EVERY(service)].sort());
    });
  });
}
