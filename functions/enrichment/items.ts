import { type DynamoDBClient, PutItemCommand } from '@aws-sdk/client-dynamodb';
import { toItem } from '../../shared/records/dynamo.ts';
import { BodyReader } from './normalise/body-reader.ts';

/** Characters; a sort key of DynamoDB holds 1,024 bytes. */
const LONGEST_COMPANY = 200;

/** Notes that FareHarbor told of a change to an item. The webhook does not say what changed. */
export type NoteItem = (raw: unknown, receivedAt: string) => Promise<void>;

/** Keeps the latest notification per item in the operations table, for a catalogue refresh to follow. */
export function noteItem(client: DynamoDBClient, tableName: string): NoteItem {
  return async (raw, receivedAt) => {
    const item = new BodyReader(raw).part('item');
    const company = (item.part('company').text('shortname') ?? 'unknown').slice(0, LONGEST_COMPANY);
    const id = `${company}#${item.integer('pk')}`;
    const name = item.text('name') ?? undefined;
    const row = toItem({ kind: 'item', id, company, name, notifiedAt: receivedAt });
    await client.send(new PutItemCommand({ TableName: tableName, Item: row }));
  };
}
