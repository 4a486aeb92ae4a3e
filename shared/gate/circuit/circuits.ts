import { type DynamoDBClient, PutItemCommand } from '@aws-sdk/client-dynamodb';
import { unlessRefused } from '../../aws/unless-refused.ts';
import { toAttribute, toItem } from '../../records/dynamo.ts';
import { GATE_KIND, gateId } from '../gate-items.ts';
import type { Circuit } from './circuit.ts';

/** Where all execution environments keep their circuits together. */
export interface Circuits {
  /**
   * Writes a circuit on condition that it still is what was seen.
   * @param seen undefined where there was none.
   * @returns false when somebody else wrote it meanwhile.
   */
  replace(seen: Circuit | undefined, next: Circuit): Promise<boolean>;
}

/** Circuits in the operations table. */
export function circuitsTable(client: DynamoDBClient, table: string): Circuits {
  return {
    async replace(seen, next) {
      const { sink, company, expiresAt } = next;
      const item = { kind: GATE_KIND, id: gateId(sink, 'circuit', company), circuit: next, expiresAt };
      const put = new PutItemCommand({
        TableName: table,
        Item: toItem(item),
        ConditionExpression: seen === undefined ? 'attribute_not_exists(kind)' : 'circuit.revision = :seen',
        ...(seen !== undefined && { ExpressionAttributeValues: { ':seen': toAttribute(seen.revision) } }),
      });
      return !(await unlessRefused(client.send(put))).refused;
    },
  };
}
