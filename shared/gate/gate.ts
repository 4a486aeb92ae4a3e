import { type DynamoDBClient, paginateQuery } from '@aws-sdk/client-dynamodb';
import * as z from 'zod';
import type { SinkName } from '../records/booking-record.ts';
import { fromItem, toAttribute } from '../records/dynamo.ts';
import { type Circuit, circuitSchema, isOpen } from './circuit/circuit.ts';
import { GATE_KIND, gatePrefix } from './gate-items.ts';
import { type Pause, pauseSchema } from './pause/pauses.ts';
import { type Allowance, allowanceSchema } from './volume/allowance.ts';

/** All that stands, or lately stood, between sinks and their vendors. */
export interface Gate {
  readonly pauses: readonly Pause[];
  /** Also those that are closed again, or that nobody has looked at for long: `isOpen` tells. */
  readonly circuits: readonly Circuit[];
  readonly allowances: readonly Allowance[];
}

const itemSchema = z.object({
  pause: pauseSchema.optional(),
  circuit: circuitSchema.optional(),
  allowance: allowanceSchema.optional(),
});

/**
 * Reads it, a moment old at most.
 * @param sink whose; undefined for all of them.
 */
export async function readGate(client: DynamoDBClient, table: string, sink?: SinkName): Promise<Gate> {
  const pages = paginateQuery(
    { client },
    {
      TableName: table,
      KeyConditionExpression: sink === undefined ? 'kind = :kind' : 'kind = :kind AND begins_with(id, :prefix)',
      ExpressionAttributeValues: {
        ':kind': toAttribute(GATE_KIND),
        ...(sink !== undefined && { ':prefix': toAttribute(gatePrefix(sink)) }),
      },
    },
  );
  const items: z.infer<typeof itemSchema>[] = [];
  for await (const { Items } of pages) items.push(...(Items ?? []).map((item) => fromItem(itemSchema, item)));
  return {
    pauses: items.flatMap(({ pause }) => pause ?? []),
    circuits: items.flatMap(({ circuit }) => circuit ?? []),
    allowances: items.flatMap(({ allowance }) => allowance ?? []),
  };
}

/** The pause that stops this company's bookings at this sink. */
export function pauseOf({ pauses }: Gate, sink: SinkName, company: string): Pause | undefined {
  return pauses.find((pause) => pause.id === sink && (pause.company === undefined || pause.company === company));
}

/** The circuit between this sink and this company's account, open or not. */
export function circuitOf({ circuits }: Gate, sink: SinkName, company: string): Circuit | undefined {
  return circuits.find((circuit) => circuit.sink === sink && circuit.company === company);
}

/** A probe that is due for so long was made by nobody. */
const OVERDUE_MS = 120_000;

/**
 * Whether a hint sent to this sink now would only wait. Behind a circuit whose probe is overdue no message is left to
 * make it, so there one more is of use.
 */
export function isShut(gate: Gate, sink: SinkName, company: string, now: number): boolean {
  if (pauseOf(gate, sink, company) !== undefined) return true;
  const circuit = circuitOf(gate, sink, company);
  return circuit !== undefined && isOpen(circuit, now) && now < circuit.probeAt + OVERDUE_MS;
}
