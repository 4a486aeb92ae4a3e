import { SQSClient } from '@aws-sdk/client-sqs';
import * as z from 'zod';
import { webhookConsumer } from '../../../functions/enrichment/consume-webhooks.ts';
import { ops } from '../../../infra/ops/command.ts';
import { type Deployed, deployed } from '../../../infra/ops/deployed.ts';
import { readDecisions } from '../../../shared/acts/decisions-table.ts';
import { parseSettings } from '../../../shared/settings/settings.ts';
import { openDesk } from '../enrichment/desk.ts';

export const COMPANY = 'harbor-kayaks';
const settings = parseSettings({
  companies: {
    [COMPANY]: { name: 'Harbor Kayaks', catalogue: [{ id: 'whale-watch', name: 'Whale watching' }] },
    'umi-tours': { name: 'Umi Tours' },
  },
});

/** How a command ended, and what it printed. */
export interface Ran {
  readonly code: number;
  readonly out: string;
  readonly err: string;
}

const sentSchema = z.object({ MessageBody: z.string() });

/** Enrichment beside the commands of a person, on one set of tables; messages to enrichment wait until delivered. */
export async function openActsDesk() {
  const desk = await openDesk();
  const sent: string[] = [];
  const sqs = new SQSClient({ region: 'us-east-1' });
  sqs.middlewareStack.add(
    () => async (args) => {
      sent.push(sentSchema.parse(args.input).MessageBody);
      return { response: {}, output: { $metadata: {} } };
    },
    { step: 'initialize' },
  );
  const stage: Deployed = {
    ...deployed('dev'),
    dynamo: desk.dynamo,
    sqs,
    tables: { bookings: 'bookings', guests: 'guests', operations: 'operations', decisions: 'decisions' },
    queueUrl: async (queue) => `https://queue.test/${queue}`,
    close: () => {},
  };
  /** What a model would write; undefined: what the desk's own understands stays. */
  const words: { summary: string | null | undefined } = { summary: undefined };
  const faults = { afterCommit: 0 };
  const deps: typeof desk.deps = {
    ...desk.deps,
    settings,
    understand: async (input) => {
      const understood = await desk.deps.understand(input);
      return words.summary === undefined ? understood : { ...understood, summary: words.summary };
    },
    commit: async (next, before, alongside) => {
      await desk.deps.commit(next, before, alongside);
      if (faults.afterCommit > 0) {
        faults.afterCommit -= 1;
        throw new Error('killed after the commit');
      }
    },
  };
  const run = async (...args: string[]): Promise<Ran> => {
    let [out, err] = ['', ''];
    const code = await ops(args, () => stage, {
      print: (text) => {
        out += String(text);
      },
      complain: (text) => {
        err += text;
      },
      confirm: async () => undefined,
    });
    return { code, out, err };
  };
  return {
    ...desk,
    deps,
    stage,
    sent,
    words,
    faults,
    run,
    /** As `run`, where nobody is to be asked. @throws with what it complained of. */
    async ok(...args: string[]): Promise<string> {
      const { code, out, err } = await run(...args, '--yes');
      if (code !== 0) throw new Error(`ops ${args.join(' ')}: ${err}`);
      return out;
    },
    async webhook(uuid: string): Promise<void> {
      await webhookConsumer('', deps).handle(desk.message(desk.fareHarbor.bodyOf(uuid)));
    },
    /** Delivers what was sent to enrichment, each message so often. */
    async deliverSent(times = 1): Promise<void> {
      for (const body of sent.splice(0)) {
        for (let n = 0; n < times; n += 1) {
          const message = desk.message(body, { kind: 'look-again', keyCompany: COMPANY });
          await webhookConsumer('', deps).handle(message);
        }
      }
    },
    async held(uuid: string) {
      const record = await desk.record(uuid);
      if (record === undefined) throw new Error(`no record of ${uuid}`);
      return record;
    },
    decisions: (uuid: string) => readDecisions(desk.dynamo, 'decisions', uuid),
    reviews: async () => z.array(listedSchema).parse(JSON.parse((await run('reviews', '--json')).out)),
  };
}
export type ActsDesk = Awaited<ReturnType<typeof openActsDesk>>;

const listedSchema = z.object({ id: z.string(), uuid: z.string(), action: z.string(), state: z.string() });
