import { CreateTableCommand, DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { startDynamoDb } from '../../infra/local/dynamodb.ts';
import { createFareHarbor } from '../vendors/fareharbor/fareharbor.ts';
import { createMailchimp } from '../vendors/mailchimp/mailchimp.ts';
import { createSalesforce } from '../vendors/salesforce/salesforce.ts';
import { serveVendor } from '../vendors/server.ts';
import { VirtualTime } from './virtual-time.ts';
import { LOCAL, type OpenWorld, openWorld, type Tables, type Vendors } from './world.ts';

/** The day on which every history begins. */
export const START = Date.parse('2026-03-10T18:00:00Z');

export interface Stage {
  readonly open: OpenWorld;
  close(): Promise<void>;
}

/** Starts the table engine and the vendors once; each world then begins with everything empty. */
export async function startStage(): Promise<Stage> {
  const engine = await startDynamoDb(undefined);
  const clock = { now: () => START };
  const vendors = await startVendors(() => clock.now());
  const dynamo = new DynamoDBClient({ ...LOCAL, endpoint: engine.url });
  const servers = Object.values(vendors.servers);
  let worlds = 0;
  return {
    async open(options) {
      for (const server of servers) server.reset();
      worlds += 1;
      const tables = { bookings: `bookings-${worlds}`, guests: `guests-${worlds}` };
      await createTables(dynamo, tables);
      const time = new VirtualTime(START);
      clock.now = () => time.now;
      return openWorld(options, { time, vendors, dynamo, dynamoUrl: engine.url, tables });
    },
    async close() {
      dynamo.destroy();
      await Promise.all(servers.map((server) => server.close()));
      await engine.stop();
    },
  };
}

async function startVendors(now: () => number): Promise<Vendors> {
  const fareharbor = createFareHarbor({ rateLimit: false, now });
  const salesforce = createSalesforce({ requestLimit: 10_000_000, loginsPerHour: 10_000_000 });
  const mailchimp = createMailchimp();
  const servers = {
    fareharbor: await serveVendor(fareharbor),
    salesforce: await serveVendor(salesforce),
    mailchimp: await serveVendor(mailchimp),
  };
  return { fareharbor, salesforce, mailchimp, servers };
}

async function createTables(dynamo: DynamoDBClient, { bookings, guests }: Tables): Promise<void> {
  const create = (TableName: string, keys: readonly string[]) =>
    dynamo.send(
      new CreateTableCommand({
        TableName,
        BillingMode: 'PAY_PER_REQUEST',
        AttributeDefinitions: keys.map((AttributeName) => ({ AttributeName, AttributeType: 'S' })),
        KeySchema: keys.map((AttributeName, index) => ({ AttributeName, KeyType: index === 0 ? 'HASH' : 'RANGE' })),
      }),
    );
  await create(bookings, ['uuid']);
  await create(guests, ['guest', 'row']);
}
