import { type AttributeValue, type DynamoDBClient, PutItemCommand, UpdateItemCommand } from '@aws-sdk/client-dynamodb';
import * as z from 'zod';
import { unlessRefused } from '../../../shared/aws/unless-refused.ts';
import { fromItem, toAttribute, toItem } from '../../../shared/records/dynamo.ts';
import {
  type RulesReason,
  rulesReasonSchema,
  understandingSchema,
} from '../../../shared/understanding/understanding.ts';
import { formAnswerSchema } from '../understanding/prompt.ts';

/** The part of the operations table that holds what was asked of the model, by the company and the input's hash. */
const ANSWER_KIND = 'model-answer';
/** Days that an answer is kept; the record of the booking keeps its own for as long as it stands. */
const KEPT_DAYS = 90;
/** The longest a call may take, and more: whoever began one and has not ended it by now was killed. */
const ABANDONED_AFTER_MS = 60_000;
/** Calls for one input that may have been paid for without an answer: one, and two more by catching up. */
const MOST_TRIES = 3;

const lineageSchema = understandingSchema.shape.lineage.unwrap();

/** What the model said to an input, whether it was of use or not: it is paid for. */
const keptAnswerSchema = z.discriminatedUnion('mode', [
  z.object({ mode: z.literal('model'), answer: formAnswerSchema, lineage: lineageSchema }),
  z.object({ mode: z.literal('rules'), reason: rulesReasonSchema, lineage: lineageSchema }),
]);
export type KeptAnswer = z.infer<typeof keptAnswerSchema>;

/** One input of one company. */
export interface Question {
  readonly company: string;
  readonly hash: string;
  /** The booking that asks. */
  readonly uuid: string;
}

/** May this caller ask the model? */
export type Claim =
  /** Yes, and nobody else. */
  | { readonly kind: 'mine'; readonly token: string }
  /** It has answered; `own`: to this booking, which may have been killed before it could be written down. */
  | { readonly kind: 'answered'; readonly answer: KeptAnswer; readonly own: boolean }
  /** Somebody is asking just now. */
  | { readonly kind: 'asking' }
  /** It was asked in vain, and not everybody may try again. */
  | { readonly kind: 'failed'; readonly reason: RulesReason };

/** Sees to it that no input is paid for twice, whoever asks, however many at a time, and whoever dies meanwhile. */
export interface KeptAnswers {
  /** @param again the caller looks again at a booking, and may repeat a call that brought no answer. */
  claim(question: Question, again: boolean): Promise<Claim>;
  keep(question: Question, token: string, answer: KeptAnswer): Promise<void>;
  /** @param paid the call may have been paid for although no answer came. */
  fail(
    question: Question,
    token: string,
    failure: { readonly reason: RulesReason; readonly paid: boolean },
  ): Promise<void>;
}

const rowSchema = z.object({
  state: z.enum(['asking', 'answered', 'failed']),
  token: z.string(),
  uuid: z.string(),
  at: z.iso.datetime(),
  tries: z.int(),
  reason: rulesReasonSchema.optional(),
  answer: keptAnswerSchema.optional(),
});
type Row = z.infer<typeof rowSchema>;

/** Keeps them in the operations table. A claim is written on condition that nobody else wrote one meanwhile. */
export function keptAnswers(client: DynamoDBClient, table: string, now: () => Date): KeptAnswers {
  const rows = rowsOf(client, table, now);
  return {
    async claim(question, again) {
      const { uuid } = question;
      const token = crypto.randomUUID();
      const asking = (tries: number): Row => ({ state: 'asking', token, uuid, at: now().toISOString(), tries });
      const seen = await rows.put(question, asking(1), undefined);
      if (seen === 'written') return { kind: 'mine', token };
      if (seen?.answer !== undefined) return { kind: 'answered', answer: seen.answer, own: seen.uuid === uuid };
      const age = now().getTime() - Date.parse(seen?.at ?? '');
      if (seen === undefined || (seen.state === 'asking' && age < ABANDONED_AFTER_MS)) return { kind: 'asking' };
      const mayTry = seen.tries === 0 || (again && seen.tries < MOST_TRIES);
      if (!mayTry) return { kind: 'failed', reason: seen.reason ?? 'outage' };
      const lost = await rows.put(question, asking(seen.tries + 1), seen);
      return lost === 'written' ? { kind: 'mine', token } : { kind: 'asking' };
    },
    async keep(question, token, answer) {
      await rows.end(question, token, { state: toAttribute('answered'), answer: toAttribute(answer) }, true);
    },
    async fail(question, token, { reason, paid }) {
      await rows.end(question, token, { state: toAttribute('failed'), reason: toAttribute(reason) }, paid);
    },
  };
}

function rowsOf(client: DynamoDBClient, table: string, now: () => Date) {
  const keyOf = ({ company, hash }: Pick<Question, 'company' | 'hash'>) => ({
    kind: toAttribute(ANSWER_KIND),
    id: toAttribute(`${company.slice(0, 200)}#${hash}`),
  });
  const expiresAt = () => Math.floor(now().getTime() / 1000) + KEPT_DAYS * 86_400;
  return {
    /** Writes a claim. @returns what stands there instead where somebody else's does. */
    async put(question: Question, row: Row, seen: Row | undefined): Promise<Row | 'written' | undefined> {
      const unseen = 'attribute_not_exists(kind)';
      const command = new PutItemCommand({
        TableName: table,
        Item: { ...keyOf(question), ...toItem({ ...row, expiresAt: expiresAt() }) },
        ConditionExpression: seen === undefined ? unseen : '#token = :seen AND #state = :was',
        ...(seen !== undefined && {
          ExpressionAttributeNames: { '#token': 'token', '#state': 'state' },
          ExpressionAttributeValues: { ':seen': toAttribute(seen.token), ':was': toAttribute(seen.state) },
        }),
        ReturnValuesOnConditionCheckFailure: 'ALL_OLD',
      });
      const tried = await unlessRefused(client.send(command));
      if (!tried.refused) return 'written';
      return tried.there && fromItem(rowSchema, tried.there);
    },

    /** Ends a claim, unless it took so long that somebody else began anew. */
    async end(question: Question, token: string, set: Record<string, AttributeValue>, paid: boolean): Promise<void> {
      const names = Object.entries(set);
      const command = new UpdateItemCommand({
        TableName: table,
        Key: keyOf(question),
        UpdateExpression: `SET ${names.map(([name]) => `#${name} = :${name}`).join(', ')}${paid ? '' : ' ADD tries :less'}`,
        ConditionExpression: '#token = :token',
        ExpressionAttributeNames: {
          '#token': 'token',
          ...Object.fromEntries(names.map(([name]) => [`#${name}`, name])),
        },
        ExpressionAttributeValues: {
          ':token': toAttribute(token),
          ...(!paid && { ':less': toAttribute(-1) }),
          ...Object.fromEntries(names.map(([name, value]) => [`:${name}`, value])),
        },
      });
      await unlessRefused(client.send(command));
    },
  };
}
