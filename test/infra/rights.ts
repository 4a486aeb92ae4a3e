import { describe, expect, test } from 'vitest';
import { bundledCommands, bundledSources } from './bundles.ts';
import type { Deployment } from './synth.ts';
import { functionSchema, type Resource, resources, roleSchema, text } from './template.ts';

/** What Lambda itself does with a function's role; no code of ours calls these. */
const LAMBDAS_OWN = [
  'logs:CreateLogStream',
  'logs:PutLogEvents',
  'sqs:ReceiveMessage',
  'sqs:DeleteMessage',
  'sqs:GetQueueAttributes',
];

/**
 * Enrichment alone writes records; a sink writes its progress into them, and what it keeps about a guest. The local
 * stack grants everything, so a right that is missing here would only be missed in AWS.
 */
const ON_TABLES = {
  ingest: {},
  enrichment: {
    Bookings: ['BatchGetItem', 'GetItem', 'PutItem', 'UpdateItem'],
    Guests: ['BatchGetItem', 'ConditionCheckItem', 'DeleteItem', 'GetItem', 'PutItem', 'Query'],
    Operations: ['BatchGetItem', 'DeleteItem', 'GetItem', 'PutItem', 'Query', 'UpdateItem'],
    Decisions: ['PutItem'],
  },
  'crm-sync': {
    Bookings: ['BatchGetItem', 'GetItem', 'UpdateItem'],
    Guests: ['BatchGetItem', 'GetItem', 'PutItem', 'Query'],
    Operations: ['GetItem', 'PutItem', 'Query', 'UpdateItem'],
    Decisions: ['PutItem'],
  },
  'marketing-sync': {
    Bookings: ['BatchGetItem', 'GetItem', 'UpdateItem'],
    Guests: ['BatchGetItem', 'GetItem', 'PutItem', 'Query'],
    Operations: ['PutItem', 'Query', 'UpdateItem'],
    Decisions: ['PutItem'],
  },
  reconcile: {
    Bookings: ['BatchGetItem'],
    'Bookings/index/byAttention': ['Query'],
    Operations: ['BatchGetItem', 'PutItem', 'Query'],
  },
};

const actionNames = (actions: readonly string[]) => actions.map((action) => action.split(':')[1] ?? '').sort();

/** The table that an export of the data stack is the ARN of, or its index. */
function tableOf(resource: string): string {
  const [, table, index] =
    /GetAtt(Bookings|Guests|Operations|Decisions)[0-9A-F]{8}Arn\w*\}?(\/index\/\w+)?$/.exec(resource) ?? [];
  return table === undefined ? resource : `${table}${index ?? ''}`;
}

/** The right of a command, where the two are not called the same. */
const RIGHT_OF: Readonly<Record<string, readonly string[]>> = {
  // In every DynamoDB client, for endpoint discovery, which is switched off.
  DescribeEndpoints: [],
  SendMessageBatch: ['SendMessage'],
  DeleteMessageBatch: ['DeleteMessage'],
  ChangeMessageVisibilityBatch: ['ChangeMessageVisibility'],
};
/** A transaction needs the right of each of its parts; which parts there are stands in the sources. */
const PARTS_OF_TRANSACTION = /\b(Put|Update|Delete|ConditionCheck): \{\s*TableName/g;
const RIGHT_OF_PART: Readonly<Record<string, string>> = {
  Put: 'PutItem',
  Update: 'UpdateItem',
  Delete: 'DeleteItem',
  ConditionCheck: 'ConditionCheckItem',
};

/** The rights that a function's code makes use of, without the name of the service. */
function rightsUsed(deployment: Deployment, service: string): string[] {
  const rights = bundledCommands(deployment, service).flatMap((command) => {
    if (command !== 'TransactWriteItems') return RIGHT_OF[command] ?? [command];
    const parts = bundledSources(deployment, service).matchAll(PARTS_OF_TRANSACTION);
    return [...parts].map(([, part]) => RIGHT_OF_PART[part ?? ''] ?? '');
  });
  return [...new Set(rights)].sort();
}

export function describeRights(deployment: Deployment): void {
  const { pipeline, data } = deployment;
  const functions = resources(pipeline, 'AWS::Lambda::Function', functionSchema);
  const roles = resources(pipeline, 'AWS::IAM::Role', roleSchema);
  const statements = (role: Resource<(typeof roles)[number]['properties']> | undefined) =>
    (role?.properties.Policies ?? []).flatMap(({ PolicyDocument }) => PolicyDocument.Statement);
  const roleOf = (service: string) => {
    const found = functions.find(({ properties }) => properties.Environment.Variables.SERVICE_NAME === service);
    return roles.find(({ id }) => found?.properties.Role === `\${${id}.Arn}`);
  };
  const actionsOf = (service: string) => new Set(statements(roleOf(service)).flatMap(({ Action }) => Action));

  describe('rights', () => {
    test('are written in each function’s own role, and nowhere else', () => {
      expect(roles).toHaveLength(functions.length);
      expect(new Set(functions.map(({ properties }) => properties.Role)).size).toBe(functions.length);
      for (const stack of [pipeline, data]) {
        const types = Object.values(stack.Resources).map(({ Type }) => Type);
        for (const type of ['AWS::IAM::Policy', 'AWS::IAM::ManagedPolicy']) expect(types).not.toContain(type);
      }
    });

    test.each(roles)('$id is for Lambda only, without managed policies or wildcards', (role) => {
      const { AssumeRolePolicyDocument, ManagedPolicyArns } = role.properties;
      expect(AssumeRolePolicyDocument.Statement.map(({ Principal }) => Principal)).toEqual([
        { Service: 'lambda.amazonaws.com' },
      ]);
      expect(ManagedPolicyArns ?? []).toEqual([]);
      for (const { Effect, Action, Resource } of statements(role)) {
        expect(Effect).toBe('Allow');
        for (const action of Action) expect(action).not.toContain('*');
        for (const resource of Resource) expect(resource).not.toContain('*');
      }
    });

    test('ingest can send to one queue and read one secret, and write its own logs', () => {
      const own = statements(roleOf('ingest')).map(({ Action, Resource }) => `${Action} on ${Resource}`);
      const idOf = (template: typeof pipeline, pattern: RegExp) =>
        Object.entries(template.Resources).find(([, { Properties }]) =>
          pattern.test(text(Properties.QueueName ?? Properties.Name ?? Properties.LogGroupName)),
        )?.[0];
      const secret = statements(roleOf('ingest')).find(({ Action }) =>
        Action.includes('secretsmanager:GetSecretValue'),
      )?.Resource;
      expect(secret).toHaveLength(1);
      expect(secret?.[0]).toContain(idOf(data, /^harborlight\/\w+\/webhook$/));
      expect(own).toEqual([
        `sqs:SendMessage on \${${idOf(pipeline, /-bookings\.fifo$/)}.Arn}`,
        `secretsmanager:GetSecretValue on ${secret?.[0]}`,
        `logs:CreateLogStream,logs:PutLogEvents on \${${idOf(pipeline, /\/ingest$/)}.Arn}`,
      ]);
    });

    test.each(['enrichment', 'crm-sync', 'marketing-sync'])('%s can receive from its own queue only', (service) => {
      const mappings = Object.values(pipeline.Resources).filter(
        ({ Type }) => Type === 'AWS::Lambda::EventSourceMapping',
      );
      const own = functions.find(({ properties }) => properties.Environment.Variables.SERVICE_NAME === service);
      const source = mappings.find(({ Properties }) => text(Properties.FunctionName) === `\${${own?.id}}`);
      const receiving = statements(roleOf(service)).filter(({ Action }) => Action.includes('sqs:ReceiveMessage'));
      expect(receiving.map(({ Resource }) => Resource)).toEqual([[text(source?.Properties.EventSourceArn)]]);
    });

    test.each([
      ['enrichment', ['crm', 'marketing']],
      ['crm-sync', ['crm']],
      ['marketing-sync', ['marketing']],
      ['reconcile', ['bookings', 'crm', 'marketing']],
    ] as const)('%s can send to %j only', (service, names) => {
      const queueIds = names.map((name) => {
        const found = Object.entries(pipeline.Resources).find(([, { Properties }]) =>
          text(Properties.QueueName).endsWith(`-${name}.fifo`),
        );
        return `\${${found?.[0]}.Arn}`;
      });
      const sending = statements(roleOf(service)).filter(({ Action }) => Action.includes('sqs:SendMessage'));
      expect(sending.flatMap(({ Resource }) => Resource)).toEqual(queueIds);
    });

    test.each(Object.entries(ON_TABLES))('%s may do to each table what it has to, and no more', (service, expected) => {
      const onTables = statements(roleOf(service))
        .filter(({ Action }) => Action.some((action) => action.startsWith('dynamodb:')))
        .flatMap(({ Action, Resource }) => Resource.map((resource) => [tableOf(resource), actionNames(Action)]));
      expect(Object.fromEntries(onTables)).toEqual(expected);
    });

    test.each(['ingest', 'enrichment', 'crm-sync', 'marketing-sync', 'reconcile'])(
      '%s has every right its code uses, and uses every right it has',
      (service) => {
        const granted = [...actionsOf(service)].filter((action) => !LAMBDAS_OWN.includes(action));
        expect(actionNames(granted)).toEqual(rightsUsed(deployment, service));
      },
    );
  });
}
