import type { Resource } from './assembly.ts';
import { LOCAL_ACCOUNT, LOCAL_REGION, type LocalIdentity, resolveText, type Scope } from './intrinsics.ts';

const NAME_PROPERTIES: Readonly<Record<string, string>> = {
  'AWS::SQS::Queue': 'QueueName',
  'AWS::DynamoDB::Table': 'TableName',
  'AWS::DynamoDB::GlobalTable': 'TableName',
  'AWS::SecretsManager::Secret': 'Name',
  'AWS::Lambda::Function': 'FunctionName',
};

/** The name a resource has on this machine: the template's, or one made of the stack and the logical id. */
export function nameOf(resource: Resource, scope: Scope): string {
  const property = NAME_PROPERTIES[resource.type];
  const given = property === undefined ? undefined : resource.properties[property];
  if (given !== undefined) return resolveText(given, scope);
  const suffix = resource.type === 'AWS::SQS::Queue' && resource.properties.FifoQueue === true ? '.fifo' : '';
  return `${resource.stackName}-${resource.logicalId}${suffix}`;
}

/**
 * What `Ref` and `Fn::GetAtt` of a resource give here, by its type.
 *
 * @param sqsUrl base address of the local SQS, since a queue's `Ref` is its URL.
 */
export function identify(resource: Resource, scope: Scope, sqsUrl: string): LocalIdentity {
  const name = nameOf(resource, scope);
  const arn = (service: string, path: string): string => `arn:aws:${service}:${LOCAL_REGION}:${LOCAL_ACCOUNT}:${path}`;
  switch (resource.type) {
    case 'AWS::SQS::Queue': {
      const url = `${sqsUrl}/${LOCAL_ACCOUNT}/${name}`;
      return { ref: url, attributes: { Arn: arn('sqs', name), QueueName: name, QueueUrl: url } };
    }
    case 'AWS::DynamoDB::Table':
    case 'AWS::DynamoDB::GlobalTable':
      return { ref: name, attributes: { Arn: arn('dynamodb', `table/${name}`) } };
    case 'AWS::SecretsManager::Secret': {
      // AWS appends six characters to a secret's name; some do here too, so that nobody takes the ARN for the name.
      const id = arn('secretsmanager', `secret:${name}-aLocal`);
      return { ref: id, attributes: { Id: id } };
    }
    case 'AWS::Lambda::Function':
      return { ref: name, attributes: { Arn: arn('lambda', `function:${name}`) } };
    default:
      return { ref: name, attributes: { Arn: arn('local', name) } };
  }
}
