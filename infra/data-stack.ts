import { RemovalPolicy, SecretValue, Stack, type StackProps } from 'aws-cdk-lib';
import {
  AttributeType,
  BillingMode,
  ProjectionType,
  Table,
  TableEncryption,
  type TableProps,
} from 'aws-cdk-lib/aws-dynamodb';
import { Secret, type SecretProps } from 'aws-cdk-lib/aws-secretsmanager';
import type { Construct } from 'constructs';
import { acknowledge } from './constructs/nag.ts';
import type { Stage } from './stages.ts';

export type Vendor = 'fareharbor' | 'salesforce' | 'mailchimp' | 'openai';

/** What must survive the pipeline: the records and the keys. Deployed apart, so that no change of code touches them. */
export class DataStack extends Stack {
  readonly tables: Readonly<Record<'bookings' | 'guests' | 'operations' | 'decisions', Table>>;
  readonly secrets: Readonly<Record<'webhook' | Vendor, Secret>>;
  readonly #stage: Stage;

  constructor(scope: Construct, id: string, stage: Stage, props?: StackProps) {
    super(scope, id, props);
    this.#stage = stage;
    this.tables = {
      bookings: this.#bookings(),
      guests: this.#guests(),
      operations: this.#operations(),
      decisions: this.#decisions(),
    };
    this.secrets = {
      webhook: this.#webhookSecret(),
      fareharbor: this.#vendorSecret('fareharbor'),
      salesforce: this.#vendorSecret('salesforce'),
      mailchimp: this.#vendorSecret('mailchimp'),
      openai: this.#vendorSecret('openai'),
    };
  }

  get #removalPolicy(): RemovalPolicy {
    return this.#stage.protected ? RemovalPolicy.RETAIN : RemovalPolicy.DESTROY;
  }

  /**
   * One item for each booking, and an index of the few that wait for somebody. It shows what changes with the version
   * only: whatever changes more often would be written, and paid for, twice.
   */
  #bookings(): Table {
    const table = this.#table('Bookings', { partitionKey: { name: 'uuid', type: AttributeType.STRING } });
    const index = (indexName: string, nonKeyAttributes: string[]) =>
      table.addGlobalSecondaryIndex({
        indexName,
        partitionKey: { name: 'attention', type: AttributeType.STRING },
        sortKey: { name: 'changedAt', type: AttributeType.STRING },
        projectionType: ProjectionType.INCLUDE,
        nonKeyAttributes,
      });
    // An update adds an index or takes one away, not both: 0.1.0 keeps its own until the pipeline is new as well.
    const keepsFormer = this.node.tryGetContext('formerIndex') === 'keep';
    if (keepsFormer) index('attention', ['company', 'version', 'displayId', 'guestKey', 'sync']);
    index('byAttention', ['company', 'version', 'guestKey']);
    return table;
  }

  /** Several rows for each guest: totals, some for each booking that counts in them, and what the sinks keep. */
  #guests(): Table {
    return this.#table('Guests', {
      partitionKey: { name: 'guest', type: AttributeType.STRING },
      sortKey: { name: 'row', type: AttributeType.STRING },
    });
  }

  /** What the pipeline keeps for itself: rate budgets, pauses, quarantined bodies. Most of it expires. */
  #operations(): Table {
    return this.#table('Operations', {
      partitionKey: { name: 'kind', type: AttributeType.STRING },
      sortKey: { name: 'id', type: AttributeType.STRING },
      timeToLiveAttribute: 'expiresAt',
    });
  }

  /** What was decided about each version of a booking, and what was written of it: appended to, by everybody's rights. */
  #decisions(): Table {
    return this.#table('Decisions', {
      partitionKey: { name: 'uuid', type: AttributeType.STRING },
      sortKey: { name: 'entry', type: AttributeType.STRING },
    });
  }

  #table(id: string, keys: Pick<TableProps, 'partitionKey' | 'sortKey' | 'timeToLiveAttribute'>): Table {
    return new Table(this, id, {
      ...keys,
      tableName: `harborlight-${this.#stage.name}-${id.toLowerCase()}`,
      billingMode: BillingMode.PAY_PER_REQUEST,
      // The account's own key for DynamoDB: unlike DynamoDB's shared one, each use of it is in CloudTrail; unlike
      // a key of ours, nobody can delete it under the guests' data, and it needs no rights in the functions' roles.
      encryption: TableEncryption.AWS_MANAGED,
      pointInTimeRecoverySpecification: { pointInTimeRecoveryEnabled: true },
      deletionProtection: this.#stage.protected,
      removalPolicy: this.#removalPolicy,
    });
  }

  /** The key FareHarbor calls us with: made at the first deployment, safe in a URL, never in the template. */
  #webhookSecret(): Secret {
    return this.#secret('webhook', {
      generateSecretString: {
        secretStringTemplate: '{}',
        generateStringKey: 'current',
        excludePunctuation: true,
        passwordLength: 48,
      },
    });
  }

  /** Empty until the operator fills it, and empty means that the vendor is not connected. */
  #vendorSecret(vendor: Vendor): Secret {
    return this.#secret(vendor, { secretStringValue: SecretValue.unsafePlainText('{}') });
  }

  #secret(name: 'webhook' | Vendor, value: SecretProps): Secret {
    const secret = new Secret(this, `${name}-secret`, {
      ...value,
      secretName: `harborlight/${this.#stage.name}/${name}`,
      removalPolicy: this.#removalPolicy,
    });
    acknowledge(secret, {
      'AwsSolutions-SMG4':
        'The other side has to change with it (FareHarbor support, or the vendor’s console), so a person rotates it: two webhook keys are valid meanwhile',
    });
    return secret;
  }
}
