import { toldThrough } from '../../shared/records/attention.ts';
import type { Sink, SyncTask } from '../../shared/sink/sink.ts';
import { desiredGuest } from './guest/desired-guest.ts';
import { type GuestParts, guestParts } from './guest/guest-parts.ts';
import { type GuestIds, idsOf, isStale, keepIdentity, keptIdentity } from './guest/known-guest.ts';
import { leftGuestParts } from './guest/left-guest.ts';
import { findLostGuest } from './guest/lost-guest.ts';
import { type Identity, lookUps, matchGuest, onlyIfUnknown, openLeads } from './guest/match-guest.ts';
import { type TriesAsNew, triesAsNew } from './guest/tries-as-new.ts';
import { type DesiredCase, desiredCases } from './sale/desired-cases.ts';
import { currentOf, desiredSale } from './sale/desired-sale.ts';
import { caseParts, saleParts } from './sale/sale-parts.ts';
import { closeStrays, lookForStrays } from './sale/stray-sales.ts';
import { MOST_PARTS, type Part, type Replies, writtenId } from './salesforce/composite.ts';
import type { Composite, SalesforceClient } from './salesforce/salesforce-client.ts';
import { PartRefused } from './salesforce/salesforce-errors.ts';
import { noteActs } from './written-acts.ts';

/** All calls for one booking: room for a slow one, well inside the function's 30 seconds. */
const TASK_MS = 20_000;
/** FareHarbor tells of both halves of a rebooking at once; a minute covers a webhook that came late, or twice. */
const BEGINNING_MS = 60_000;

/** Who the guest is in Salesforce, and the open leads seen where that was looked up. */
interface Resolved {
  readonly identity: Identity;
  readonly leads: readonly string[];
}

/** Salesforce as a destination: Account, Contact, Opportunity and Cases of a booking. */
export function salesforceSink(salesforce: SalesforceClient): Sink {
  const tries = triesAsNew();
  return {
    name: 'crm',
    worstCaseMs: TASK_MS,
    awaitsBeginningMs: BEGINNING_MS,

    async sync(task) {
      if (!task.settings.salesforce.enabled) return {};
      const composite = salesforce.within(TASK_MS);
      const { written, resolved } = await withGuest(composite, task, tries);
      const { ids, links } = written;
      await keepIdentity(task, resolved.identity, ids);
      noteActs(task, links, currentOf(task.sale));
      return { ...links, ...(resolved.leads[0] !== undefined && { lead: resolved.leads[0] }) };
    },

    async refresh(task) {
      const kept = keptIdentity(task.guest);
      if (!task.settings.salesforce.enabled || kept === undefined) return;
      const { parts } = guestParts(desiredGuest(task.guest, task.policies), kept, task.settings.salesforce.fields);
      try {
        await salesforce.within(TASK_MS)(task.guest.company, parts);
        noteActs(task, { contact: kept.contact.id ?? undefined });
      } catch (error) {
        // Deleted or merged meanwhile: Salesforce shows nothing of this guest that could be wrong.
        if (!isStale(error)) throw error;
      }
    },

    async leave({ guest, settings, policies }) {
      const kept = keptIdentity(guest);
      if (!settings.salesforce.enabled || kept === undefined) return;
      const composite = salesforce.within(TASK_MS);
      for (const part of leftGuestParts(guest.key, kept, policies, settings.salesforce.fields)) {
        await composite(guest.company, [part]).catch((error: unknown) => {
          // Deleted, merged or another guest's: nothing there is this guest's any more.
          if (!isStale(error)) throw error;
        });
      }
    },
  };
}

async function lookUp(composite: Composite, task: SyncTask): Promise<Resolved> {
  const { guest, settings, begunBefore } = task;
  const replies = await composite(guest.company, lookUps(guest, settings.salesforce));
  const matched = matchGuest(replies, settings.salesforce);
  const lost = begunBefore && matched.contact.id === null ? await findLostGuest(composite, task) : undefined;
  return { identity: lost ?? matched, leads: openLeads(replies) };
}

interface Brought {
  readonly written: Written;
  readonly resolved: Resolved;
}

/** Writes; where what we took for the guest's records is theirs no more, looks them up again and writes, once. */
async function withGuest(composite: Composite, task: SyncTask, tries: TriesAsNew): Promise<Brought> {
  const write = async (resolved: Resolved) => ({
    written: await writeBooking(composite, task, resolved.identity),
    resolved,
  });
  const kept = keptIdentity(task.guest);
  const brought = kept === undefined ? await writeAsNew(composite, task, tries) : undefined;
  if (brought !== undefined) return brought;
  try {
    return await write(kept === undefined ? await lookUp(composite, task) : { identity: kept, leads: [] });
  } catch (error) {
    if (!isStale(error)) throw error;
    return await write(await lookUp(composite, task));
  }
}

/**
 * Takes the guest for new and writes in one call, which Salesforce refuses where it has anybody who could be the guest.
 * @returns undefined where it did, or where that is not to be tried: then the guest is looked up first.
 */
async function writeAsNew(composite: Composite, task: SyncTask, tries: TriesAsNew): Promise<Brought | undefined> {
  const { guest, settings, sale, begunBefore } = task;
  // What is in doubt is looked for under forgotten keys, too; a rebooking's own query would be one too many.
  const askMore = begunBefore || lookForStrays(sale, settings.salesforce).length > 0;
  if (askMore || !tries.mayTry(guest.company)) return undefined;
  const nobody = matchGuest(new Map(), settings.salesforce);
  try {
    const written = await writeBooking(composite, task, nobody, onlyIfUnknown(guest, settings.salesforce));
    tries.worked(guest.company);
    return { written, resolved: { identity: nobody, leads: written.leads } };
  } catch (error) {
    tries.inVain(guest.company);
    // Whatever part was refused: should it be for another reason, the long way will meet it, too.
    if (error instanceof PartRefused) return undefined;
    throw error;
  }
}

interface Written {
  readonly ids: GuestIds;
  readonly links: Readonly<Record<string, string>>;
  /** Open leads, where the call has looked for them. */
  readonly leads: readonly string[];
}

/**
 * One composite call, but for the rare record with more Cases than fit into one. Should a later of those calls fail,
 * the whole is repeated: every record has its key.
 * @param before parts that come first, of which all others depend.
 */
async function writeBooking(
  composite: Composite,
  task: SyncTask,
  identity: Identity,
  before: readonly Part[] = [],
): Promise<Written> {
  const { record, guest, sale, settings, policies } = task;
  const { fields } = settings.salesforce;
  const people = guestParts(desiredGuest(guest, policies), identity, fields);
  const ownSale = currentOf(sale).guestKey === guest.key;
  const opportunity = saleParts(
    sale.key,
    desiredSale(sale, settings.salesforce, policies),
    ownSale ? people : otherGuest(sale),
    fields,
  );
  const strays = lookForStrays(sale, settings.salesforce);
  const cases = desiredCases(record, toldThrough(record, 'crm'), sale.key, policies);
  const always = [...before, ...people.parts, ...opportunity, ...strays];
  const room = MOST_PARTS - always.length;
  const refs = { ...people, opportunityRef: '@{opportunity.id}' };
  const first = caseParts(cases.slice(0, room), refs, settings.salesforce);
  const replies = await composite(record.company, [...always, ...first]);
  const closing = closeStrays(replies, settings.salesforce);
  if (closing.length > 0) await composite(record.company, closing);
  const ids = idsOf(people, identity, replies);
  const opportunityId = writtenId(replies.get('opportunity'));
  const links = { ...ids, ...(opportunityId && { opportunity: opportunityId }), ...caseLinks(cases, replies) };
  for (let from = room; from < cases.length; from += MOST_PARTS) {
    const known = { accountRef: ids.account, contactRef: ids.contact, opportunityRef: opportunityId };
    const more = caseParts(cases.slice(from, from + MOST_PARTS), known, settings.salesforce);
    await composite(record.company, more);
  }
  return { ids, links, leads: openLeads(replies) };
}

/**
 * The sale is shown with the guest of its current booking. Where that is another one, their records are those that
 * booking was brought to; where it was not brought yet, the links are left to that.
 */
function otherGuest(sale: SyncTask['sale']): Partial<Pick<GuestParts, 'accountRef' | 'contactRef'>> {
  const { account, contact } = currentOf(sale).sync.crm?.links ?? {};
  return account === undefined || contact === undefined ? {} : { accountRef: account, contactRef: contact };
}

function caseLinks(cases: readonly DesiredCase[], replies: Replies): Record<string, string> {
  return Object.fromEntries(
    cases.flatMap(({ kind }, index) => {
      const id = writtenId(replies.get(`case${index}`));
      return id === undefined ? [] : [[`case-${kind}`, id]];
    }),
  );
}
