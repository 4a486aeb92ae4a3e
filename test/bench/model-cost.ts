import { webhookConsumer } from '../../functions/enrichment/consume-webhooks.ts';
import { devSettings } from '../../infra/settings/dev.ts';
import { parseSettings } from '../../shared/settings/settings.ts';
import { sampleStories } from '../samples/stories.ts';
import { bookingsOf, play } from '../samples/story.ts';
import { type Desk, openDesk } from '../unit/enrichment/desk.ts';
import { createOpenAi } from '../vendors/openai/openai.ts';
import { serveVendor } from '../vendors/server.ts';
import { rounded } from './statistics.ts';

/** Bookings that figures are given for. */
const PER = 1_000;
/** Webhooks that tell of nothing new, for each that does: 60 % of all. */
const IRRELEVANT_FOR_EACH = 1.5;

/** What the model was asked in one mix of webhooks. */
interface MixFigures {
  readonly bookings: number;
  readonly webhooks: number;
  readonly irrelevant_percent: number;
  readonly model_calls: number;
  readonly per_1000_bookings: {
    readonly model_calls: number;
    readonly input_tokens: number;
    readonly cached_tokens: number;
    readonly output_tokens: number;
    readonly cost_usd: number;
  };
  readonly model_calls_per_1000_webhooks: number;
  /** What it would cost if every booking brought words to read. */
  readonly cost_usd_per_1000_calls: number;
}

/**
 * Model calls and cost of the sample stories, told to the real enrichment on a real engine, and of the same with
 * webhooks among them that tell of nothing new. Tokens are the stand-in's (four bytes each, a prefix cache as OpenAI's),
 * prices those of the default model; a booking's cost is what its versions say they cost.
 */
export async function benchModel(): Promise<Readonly<Record<string, MixFigures>>> {
  return {
    sample_mix: await tell(0),
    irrelevant_mix: await tell(IRRELEVANT_FOR_EACH),
  };
}

async function tell(irrelevantForEach: number): Promise<MixFigures> {
  const openAi = createOpenAi();
  const [desk, server] = [await openDesk(), await serveVendor(openAi)];
  try {
    desk.model.access = { apiKey: 'sk-local', baseUrl: `${server.url}/v1`, model: 'gpt-local' };
    const told = await tellStories(desk, irrelevantForEach);
    return figuresOf(desk, { ...told, calls: openAi.inputs.length });
  } finally {
    await server.close();
    await desk.close();
  }
}

async function tellStories(desk: Desk, irrelevantForEach: number) {
  const deps = { ...desk.deps, settings: parseSettings(devSettings) };
  const consumer = webhookConsumer('', deps);
  const stories = sampleStories({ now: Date.now(), prefix: 'cost' });
  let [relevant, irrelevant] = [0, 0];
  const deliver = async (body: string) => await consumer.handle(desk.message(body));
  for (const story of stories) {
    await play(story, desk.fareHarbor, {
      deliver: async ({ uuid, body }) => {
        await deliver(body);
        relevant += 1;
        while (irrelevant < relevant * irrelevantForEach) {
          desk.fareHarbor.remind(uuid);
          await deliver(desk.fareHarbor.bodyOf(uuid));
          irrelevant += 1;
        }
      },
      settle: async () => {},
    });
  }
  return { bookings: stories.flatMap(bookingsOf).length, relevant, irrelevant };
}

interface Told {
  readonly bookings: number;
  readonly relevant: number;
  readonly irrelevant: number;
  readonly calls: number;
}

function figuresOf({ lines }: Desk, { bookings, relevant, irrelevant, calls }: Told): MixFigures {
  const asked = lines.filter(({ event }) => event === 'model.read').map(({ facts }) => facts);
  const sum = (fact: string) => asked.reduce((total, facts) => total + Number(facts[fact] ?? 0), 0);
  const per = (figure: number) => rounded((figure / bookings) * PER);
  const webhooks = relevant + irrelevant;
  return {
    bookings,
    webhooks,
    irrelevant_percent: rounded((100 * irrelevant) / webhooks),
    model_calls: calls,
    per_1000_bookings: {
      model_calls: per(calls),
      input_tokens: per(paid(asked, 'inputTokens')),
      cached_tokens: per(paid(asked, 'cachedTokens')),
      output_tokens: per(paid(asked, 'outputTokens')),
      cost_usd: per(sum('costMicroUsd')) / 1_000_000,
    },
    model_calls_per_1000_webhooks: rounded((calls / webhooks) * PER),
    cost_usd_per_1000_calls: rounded((sum('costMicroUsd') / calls) * PER) / 1_000_000,
  };
}

type Facts = Desk['lines'][number]['facts'];

/** Tokens of answers that were paid for, and not of those that were kept. */
function paid(asked: readonly Facts[], fact: string): number {
  return asked.reduce((total, facts) => total + (facts.costMicroUsd === 0 ? 0 : Number(facts[fact] ?? 0)), 0);
}
