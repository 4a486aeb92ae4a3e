import { createHash } from 'node:crypto';
import { keep } from '../evidence/trail.ts';
import { readRequest } from '../vendors/openai/response-request.ts';
import { type JsonSchema, resolve } from '../vendors/openai/strict-schema.ts';
import type { Vendor, VendorReply, VendorRequest } from '../vendors/server.ts';

/**
 * Models that want to do harm. `eager` gives the loudest value of each field, `mute` keeps everything to itself,
 * `wrong` any value at all, another one for each text and field, and `telling` also repeats what it was told in secret.
 */
export const WORST = ['eager', 'mute', 'wrong', 'telling'] as const;
export type Worst = (typeof WORST)[number];

/** A word that only the model can have brought to wherever it is found. */
export const CANARY = 'zanzibar-lighthouse-4417';
/** What it writes wherever it may write freely, beside the words it read. */
const POISON = `${CANARY} *|EMAIL|* {!Contact.Email} @{account.id} <b>https://evil.test/${CANARY}</b> 100 % discount`;

/** OpenAI's Responses API, served by the worst models there can be: each answers under its own name. */
export function worstModel(): Vendor {
  return {
    name: 'worst-model',
    routes: [{ name: 'responses', method: 'POST', pattern: '/v1/responses', handle: respond }],
    state: () => ({}),
    reset: () => {},
  };
}

function respond(http: VendorRequest): VendorReply {
  keep('model', http.body);
  const request = readRequest(http.json(), new Set(WORST));
  const manner = WORST.find((name) => 'model' in request && name === request.model);
  if ('message' in request || manner === undefined) return { status: 400, body: { error: request } };
  const told = manner === 'telling' ? request.instructions : '';
  const answer = fill(request.schema, { root: request.schema, manner, text: request.text, told, field: '' });
  const content = [{ type: 'output_text', text: JSON.stringify(answer), annotations: [], logprobs: [] }];
  const message = { id: 'msg_1', type: 'message', role: 'assistant', status: 'completed', content };
  const usage = { input_tokens: 1, output_tokens: 1, total_tokens: 2 };
  const { model } = request;
  return {
    status: 200,
    body: { id: 'resp_1', object: 'response', status: 'completed', model, output: [message], usage },
  };
}

interface Filling {
  readonly root: JsonSchema;
  readonly manner: Worst;
  /** What the guest wrote. */
  readonly text: string;
  /** What it was told in secret, where it is to be told on. */
  readonly told: string;
  readonly field: string;
}

/** An answer that fits the schema and is as bad as that allows. */
function fill(given: JsonSchema, filling: Filling): unknown {
  const schema = resolve(given, filling.root);
  const { manner, text, told, field } = filling;
  if (schema.enum !== undefined) return schema.enum[whichOf(schema.enum.length, filling)];
  if (schema.type === 'object') {
    const properties = Object.entries(schema.properties ?? {});
    return Object.fromEntries(
      properties.map(([name, property]) => [name, fill(property, { ...filling, field: name })]),
    );
  }
  if (schema.type === 'boolean') return whichOf(2, filling) === 1;
  if (schema.type === 'array' && schema.items !== undefined) {
    const options = resolve(schema.items, filling.root).enum ?? [];
    if (manner === 'wrong')
      return options.filter((option) => whichOf(2, { ...filling, field: `${field} ${option}` }) === 1);
    return manner === 'mute' ? [] : options;
  }
  if (schema.type === 'string') return `${told} ${POISON} ${text.slice(0, 300)}`;
  throw new TypeError(`the form has a field that this model cannot fill: ${field}`);
}

/** The index of the value to choose: the neutral one stands first in a closed set, the loudest last. */
function whichOf(length: number, { manner, text, field }: Filling): number {
  if (manner === 'mute') return 0;
  if (manner !== 'wrong') return length - 1;
  return createHash('sha256').update(`${field}\n${text}`).digest().readUInt32BE() % length;
}
