import { gzipSync } from 'node:zlib';
import { type DynamoDBClient, PutItemCommand } from '@aws-sdk/client-dynamodb';
import { toItem } from '../../shared/records/dynamo.ts';
import type { UnreadableReason } from '../../shared/webhook/delivery.ts';

/** A webhook that no booking could be made of. */
export interface Quarantined {
  readonly messageId: string;
  readonly receivedAt: string;
  readonly reason: UnreadableReason;
  readonly body: Buffer;
  /** Where they could be read. */
  readonly uuid?: string;
  readonly company?: string;
}

/** Keeps a webhook for a person; keeping it again changes nothing. */
export type Quarantine = (webhook: Quarantined) => Promise<void>;

/** Long enough to notice and mend, short enough not to hoard guests' data. */
const KEPT_DAYS = 90;
/** A DynamoDB item holds 400 KB. */
const PART_BYTES = 350_000;

/** Keeps quarantined webhooks in the operations table, compressed and, where need be, in parts. */
export function quarantine(client: DynamoDBClient, tableName: string): Quarantine {
  return async ({ messageId, receivedAt, reason, body, uuid, company }) => {
    const packed = gzipSync(body);
    const parts = Math.max(1, Math.ceil(packed.length / PART_BYTES));
    const expiresAt = Math.floor(Date.parse(receivedAt) / 1000) + KEPT_DAYS * 86_400;
    for (let part = 0; part < parts; part += 1) {
      const content = packed.subarray(part * PART_BYTES, (part + 1) * PART_BYTES);
      const id = `${receivedAt}#${messageId}${part === 0 ? '' : `#${part}`}`;
      const about = { kind: part === 0 ? 'quarantine' : 'quarantine-part', id, reason, uuid, company };
      const item = toItem({ ...about, receivedAt, bytes: body.length, parts, content, expiresAt });
      await client.send(new PutItemCommand({ TableName: tableName, Item: item }));
    }
  };
}
