import { DeleteItemCommand, PutItemCommand, paginateScan } from '@aws-sdk/client-dynamodb';
import { bookingItem } from '../../../shared/records/booking-item.ts';
import { toItem } from '../../../shared/records/dynamo.ts';
import { deliverBooking, recordOf, settled, synced, tableName, until } from '../../pipeline/driver.ts';
import type { Rig } from '../local/rig.ts';

/** The company that the stand-in books for where none is named. */
export const COMPANY = 'harbor-kayaks';

let guests = 0;

/**
 * Books for so many new guests, without telling of it. Each note is another one, as the model is asked for each text
 * once only.
 * @returns the bookings' uuids.
 */
export function book({ stack }: Rig, count = 1, note?: string): string[] {
  return Array.from({ length: count }, () => {
    guests += 1;
    const words = note === undefined ? {} : { note: `${note} We come as party ${guests}.` };
    return stack.vendors.fareharbor.vendor.book({ contact: { email: `alarm-${guests}@guests.test` }, ...words }).uuid;
  });
}

/** Sends the webhooks of these bookings. */
export async function tell({ stack }: Rig, uuids: readonly string[]): Promise<void> {
  await Promise.all(uuids.map((uuid) => deliverBooking(stack, uuid)));
}

/** Waits until both vendors hold these bookings, and nothing is under way. */
export async function brought({ stack }: Rig, uuids: readonly string[]): Promise<void> {
  for (const uuid of uuids) {
    for (const sink of ['crm', 'marketing'] as const)
      await until(`${sink} has ${uuid}`, () => synced(stack, uuid, sink));
  }
  await settled(stack);
}

/** Makes the function's environments start anew, so that they remember nothing. None is ended at work: that is an error. */
export async function restart(rig: Rig, service: string): Promise<void> {
  const one = rig.functionNamed(service);
  const before = one.pids();
  one.renew();
  await until(`${service} has ended`, () => before.every((pid) => !one.pids().includes(pid)));
  await one.ready();
}

/** Writes an item of the operations table as if it had been there. */
export async function putOperation({ stack }: Rig, item: Readonly<Record<string, unknown>>): Promise<void> {
  const TableName = tableName(stack, 'OPERATIONS_TABLE');
  await stack.dynamoDb.send(new PutItemCommand({ TableName, Item: toItem(item) }));
}

/** Removes all items of a kind from the operations table: what one fault left must not be seen in the next. */
export async function forget({ stack }: Rig, kind: string): Promise<void> {
  const TableName = tableName(stack, 'OPERATIONS_TABLE');
  for await (const { Items = [] } of paginateScan({ client: stack.dynamoDb }, { TableName })) {
    for (const item of Items.filter((one) => one.kind?.S === kind)) {
      const { kind: partition, id } = item;
      if (partition === undefined || id === undefined) continue;
      await stack.dynamoDb.send(new DeleteItemCommand({ TableName, Key: { kind: partition, id } }));
    }
  }
}

/** Makes bookings' records say that they changed, or came, so many minutes ago. */
export async function backdate(
  { stack }: Rig,
  uuids: readonly string[],
  field: 'changedAt' | 'receivedAt',
  minutes: number,
): Promise<void> {
  const at = new Date(Date.now() - minutes * 60_000).toISOString();
  for (const uuid of uuids) {
    const record = await recordOf(stack, uuid);
    if (record === undefined) throw new Error(`there is no record of booking ${uuid}`);
    const Item = bookingItem({ ...record, [field]: at });
    await stack.dynamoDb.send(new PutItemCommand({ TableName: tableName(stack, 'BOOKINGS_TABLE'), Item }));
  }
}
