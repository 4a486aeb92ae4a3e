import { PermanentError, RetryableError } from '../../shared/errors/errors.ts';
import type { GuestKey } from '../../shared/guest/guest-key.ts';
import type { BulkOutcome, BulkOutcomes, BulkSink, BulkTask } from '../../shared/sink/bulk-sink.ts';
import { desiredGuest } from './guest/desired-guest.ts';
import { type GuestParts, guestParts } from './guest/guest-parts.ts';
import { type GuestIds, idsOf, keepIdentity, keptIdentity } from './guest/known-guest.ts';
import { type LookedUp, lookUpMany } from './guest/look-up-many.ts';
import { currentOf, desiredSale } from './sale/desired-sale.ts';
import { saleParts } from './sale/sale-parts.ts';
import { writtenId } from './salesforce/composite.ts';
import { type Graph, type GraphReply, MOST_GRAPHS, MOST_NODES } from './salesforce/graph.ts';
import type { SalesforceClient, SalesforceGraphs } from './salesforce/salesforce-client.ts';
import { CODE } from './salesforce/salesforce-errors.ts';
import { noteActs } from './written-acts.ts';

type Salesforce = SalesforceClient & SalesforceGraphs;

/** All calls for one request's guests: their look-ups, and graphs that Salesforce may work on for a minute. */
const REQUEST_MS = 180_000;
/** Parts that write a guest, at most. */
const GUEST_PARTS = 2;

/** Salesforce as a destination for history: one graph for each guest, with their sales and without any Case. */
export function salesforceBulk(salesforce: Salesforce): BulkSink {
  return {
    name: 'crm',
    async bring(company, tasks, mayGoOn) {
      const outcomes = new Map<GuestKey, BulkOutcome>();
      let waiting = [...tasks];
      while (waiting.length > 0) {
        const some = fitting(waiting);
        const brought = (await mayGoOn())
          ? await bringSome(salesforce, company, some)
          : outcomeOfAll(waiting, { kind: 'waits', code: 'salesforce.spared' });
        for (const [key, outcome] of brought) outcomes.set(key, outcome);
        waiting = waiting.filter(({ guest }) => !outcomes.has(guest.key));
      }
      return outcomes;
    },
  };
}

/** The first guests that fit into one request. */
function fitting(tasks: readonly BulkTask[]): readonly BulkTask[] {
  let nodes = 0;
  const end = tasks.findIndex(({ bookings }, index) => {
    nodes += GUEST_PARTS + bookings.length;
    return index >= MOST_GRAPHS || (nodes > MOST_NODES && index > 0);
  });
  return end === -1 ? tasks : tasks.slice(0, end);
}

/**
 * Brings guests with one request, and those look-ups it needs.
 * @returns outcomes of these guests, but for those whom Salesforce did not try: for the next request.
 */
async function bringSome(salesforce: Salesforce, company: string, tasks: readonly BulkTask[]): Promise<BulkOutcomes> {
  const enabled = tasks.filter(({ settings }) => settings.salesforce.enabled);
  const outcomes = new Map(outcomeOfAll(tasks, { kind: 'brought', links: new Map() }));
  if (enabled.length === 0) return outcomes;
  try {
    const planned = plansFor(enabled, await identify(salesforce, company, enabled));
    const graphs = planned.filter((plan) => 'graph' in plan);
    const send = salesforce.graphsWithin(REQUEST_MS);
    const replies =
      graphs.length === 0
        ? new Map<string, GraphReply>()
        : await send(
            company,
            graphs.map(({ graph }) => graph),
          );
    for (const plan of planned) {
      const { key } = plan.task.guest;
      const outcome = 'graph' in plan ? await conclude(plan, replies.get(plan.graph.id)) : plan.outcome;
      if (outcome === 'not-tried') outcomes.delete(key);
      else outcomes.set(key, outcome);
    }
    // Salesforce tries at least the first: were it not so, there would be no end to this.
    return outcomes.size > 0 ? outcomes : outcomeOfAll(tasks, { kind: 'left', code: CODE.malformed });
  } catch (error) {
    return outcomeOfAll(tasks, failed(error));
  }
}

function outcomeOfAll(tasks: readonly BulkTask[], outcome: BulkOutcome): BulkOutcomes {
  return new Map(tasks.map(({ guest }) => [guest.key, outcome]));
}

/** Later; or one by one, so that each booking is parked with its own reason. */
function failed(error: unknown): BulkOutcome {
  if (error instanceof RetryableError) return { kind: 'waits', code: error.code };
  if (error instanceof PermanentError) return { kind: 'left', code: error.code };
  throw error;
}

type Identities = ReadonlyMap<GuestKey, LookedUp | PermanentError>;

async function identify(salesforce: Salesforce, company: string, tasks: readonly BulkTask[]): Promise<Identities> {
  const identities = new Map<GuestKey, LookedUp | PermanentError>();
  const unknown = tasks.filter(({ guest }) => {
    const identity = keptIdentity(guest);
    if (identity !== undefined) identities.set(guest.key, { identity, leads: [] });
    return identity === undefined;
  });
  const [first] = unknown;
  if (first === undefined) return identities;
  const guests = unknown.map(({ guest }) => guest);
  const found = await lookUpMany(salesforce.within(REQUEST_MS), company, guests, first.settings.salesforce);
  return new Map([...identities, ...found]);
}

/** What is sent for a guest, or why they are left to the single path. */
type Plan =
  | {
      readonly task: BulkTask;
      readonly graph: Graph;
      readonly people: GuestParts;
      readonly known: LookedUp;
      /** Each sale's key with the part that writes it. */
      readonly sales: ReadonlyMap<string, string>;
    }
  | { readonly task: BulkTask; readonly outcome: BulkOutcome };

function plansFor(tasks: readonly BulkTask[], identities: Identities): Plan[] {
  const claimed = new Set<string>();
  return tasks.map((task, index): Plan => {
    const known = identities.get(task.guest.key);
    if (known === undefined || known instanceof PermanentError) {
      return { task, outcome: { kind: 'left', code: known?.code ?? CODE.malformed } };
    }
    // Two guests found by the same contact: the first one takes it, the other must look again after that.
    const { contact, account } = known.identity;
    const ids = [contact.id, account.is === 'theirs' ? null : account.id].filter((id) => id !== null);
    if (ids.some((id) => claimed.has(id))) return { task, outcome: { kind: 'left', code: CODE.duplicateKey } };
    for (const id of ids) claimed.add(id);
    return planOf(task, known, index);
  });
}

function planOf(task: BulkTask, known: LookedUp, index: number): Plan {
  const { fields } = task.settings.salesforce;
  const people = guestParts(desiredGuest(task.guest, task.policies), known.identity, fields);
  const bySale = new Map(task.bookings.map(({ sale }) => [sale.key, sale]));
  const refs = [...bySale.values()].map((sale, at) => ({ sale, referenceId: `opportunity${at}` }));
  const sales = refs.flatMap(({ sale, referenceId }) =>
    saleParts(sale.key, desiredSale(sale, task.settings.salesforce, task.policies), people, fields, referenceId),
  );
  return {
    task,
    graph: { id: `guest${index}`, parts: [...people.parts, ...sales] },
    people,
    known,
    sales: new Map(refs.map(({ sale, referenceId }) => [sale.key, referenceId])),
  };
}

async function conclude(
  { task, people, known, sales }: Extract<Plan, { graph: Graph }>,
  reply: GraphReply = 'not-tried',
): Promise<BulkOutcome | 'not-tried'> {
  if (reply === 'not-tried') return reply;
  if (reply instanceof RetryableError || reply instanceof PermanentError) return { kind: 'left', code: reply.code };
  let ids: GuestIds;
  try {
    ids = idsOf(people, known.identity, reply);
    await keepIdentity(task, known.identity, ids);
  } catch (error) {
    return failed(error);
  }
  const [lead] = known.leads;
  const links = task.bookings.map(({ record, sale }) => {
    const opportunity = writtenId(reply.get(sales.get(sale.key) ?? ''));
    noteActs(task, { ...ids, opportunity }, currentOf(sale));
    return [record.uuid, { ...ids, ...(opportunity && { opportunity }), ...(lead && { lead }) }] as const;
  });
  return { kind: 'brought', links: new Map(links) };
}
