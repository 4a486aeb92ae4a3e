import * as z from 'zod';
import { PermanentError, RetryableError } from '../../shared/errors/errors.ts';
import type { GuestView, Sink, SyncTask } from '../../shared/sink/sink.ts';
import { MOST_PARTS, type Replies, writtenId } from './composite.ts';
import { type DesiredCase, desiredCases } from './desired-cases.ts';
import { desiredGuest } from './desired-guest.ts';
import { currentOf, desiredSale } from './desired-sale.ts';
import { type GuestParts, guestParts } from './guest-parts.ts';
import { type Identity, identitySchema, lookUps, matchGuest, openLeads } from './match-guest.ts';
import { caseParts, saleParts } from './sale-parts.ts';
import type { Composite, SalesforceClient } from './salesforce-client.ts';
import { CODE } from './salesforce-errors.ts';

/** All calls for one booking: room for a slow one, well inside the function's 30 seconds. */
const TASK_MS = 20_000;

/** Who the guest is in Salesforce, and the open leads seen where that was looked up. */
interface Resolved {
  readonly identity: Identity;
  readonly leads: readonly string[];
}

/** Salesforce as a destination: Account, Contact, Opportunity and Cases of a booking. */
export function salesforceSink(salesforce: SalesforceClient): Sink {
  return {
    name: 'crm',
    worstCaseMs: TASK_MS,

    async sync(task) {
      if (!task.settings.salesforce.enabled) return {};
      const composite = salesforce.within(TASK_MS);
      const { written, resolved } = await withGuest(composite, task);
      const { ids, links } = written;
      const { account, contact } = resolved.identity;
      await keep(task, { account: { ...account, id: ids.account }, contact: { ...contact, id: ids.contact } });
      return { ...links, ...(resolved.leads[0] !== undefined && { lead: resolved.leads[0] }) };
    },

    async refresh(task) {
      const kept = keptIdentity(task.guest);
      if (!task.settings.salesforce.enabled || kept === undefined) return;
      const { parts } = guestParts(desiredGuest(task.guest), kept, task.settings.salesforce.fields);
      try {
        await salesforce.within(TASK_MS)(task.guest.company, parts);
      } catch (error) {
        // Deleted or merged meanwhile: Salesforce shows nothing of this guest that could be wrong.
        if (!isStale(error)) throw error;
      }
    },
  };
}

async function lookUp(composite: Composite, { guest, settings }: SyncTask): Promise<Resolved> {
  const replies = await composite(guest.company, lookUps(guest, settings.salesforce));
  return { identity: matchGuest(replies, settings.salesforce), leads: openLeads(replies) };
}

/** Writes; where what we took for the guest's records is theirs no more, looks them up again and writes, once. */
async function withGuest(
  composite: Composite,
  task: SyncTask,
): Promise<{ readonly written: Written; readonly resolved: Resolved }> {
  const write = async (resolved: Resolved) => ({
    written: await writeBooking(composite, task, resolved.identity),
    resolved,
  });
  const kept = keptIdentity(task.guest);
  try {
    return await write(kept === undefined ? await lookUp(composite, task) : { identity: kept, leads: [] });
  } catch (error) {
    if (!isStale(error)) throw error;
    return await write(await lookUp(composite, task));
  }
}

interface Written {
  readonly ids: { readonly account: string; readonly contact: string };
  readonly links: Readonly<Record<string, string>>;
}

/**
 * One composite call, but for the rare record with more Cases than fit into one. Should a later of those calls fail,
 * the whole is repeated: every record has its key.
 */
async function writeBooking(composite: Composite, task: SyncTask, identity: Identity): Promise<Written> {
  const { record, guest, sale, settings } = task;
  const { fields } = settings.salesforce;
  const people = guestParts(desiredGuest(guest), identity, fields);
  const ownSale = currentOf(sale).guestKey === guest.key;
  const opportunity = saleParts(
    sale.key,
    desiredSale(sale, settings.salesforce),
    ownSale ? people : otherGuest(sale),
    fields,
  );
  const cases = desiredCases(record, record.sync.crm?.version ?? 0);
  const room = MOST_PARTS - people.parts.length - opportunity.length;
  const refs = { ...people, opportunityRef: '@{opportunity.id}' };
  const first = caseParts(cases.slice(0, room), refs, settings.salesforce);
  const replies = await composite(record.company, [...people.parts, ...opportunity, ...first]);
  const ids = idsOf(people, identity, replies);
  const opportunityId = writtenId(replies.get('opportunity'));
  const links = { ...ids, ...(opportunityId && { opportunity: opportunityId }), ...caseLinks(cases, replies) };
  for (let from = room; from < cases.length; from += MOST_PARTS) {
    const known = { accountRef: ids.account, contactRef: ids.contact, opportunityRef: opportunityId };
    const more = caseParts(cases.slice(from, from + MOST_PARTS), known, settings.salesforce);
    await composite(record.company, more);
  }
  return { ids, links };
}

/**
 * The sale is shown with the guest of its current booking. Where that is another one, their records are those that
 * booking was brought to; where it was not brought yet, the links are left to that.
 */
function otherGuest(sale: SyncTask['sale']): Partial<Pick<GuestParts, 'accountRef' | 'contactRef'>> {
  const { account, contact } = currentOf(sale).sync.crm?.links ?? {};
  return account === undefined || contact === undefined ? {} : { accountRef: account, contactRef: contact };
}

const personSchema = z.object({ PersonContactId: z.string() });

/** @throws RetryableError when the reply does not say which records were written. */
function idsOf({ contactRef }: GuestParts, { account, contact }: Identity, replies: Replies): Written['ids'] {
  const person = personSchema.safeParse(replies.get('person'));
  const accountId = account.id ?? writtenId(replies.get('account'));
  const contactId = contact.id ?? (person.success ? person.data.PersonContactId : writtenId(replies.get('contact')));
  if (accountId !== undefined && contactId !== undefined) return { account: accountId, contact: contactId };
  throw new RetryableError(CODE.malformed, `Salesforce did not say which records it wrote (${contactRef})`);
}

function caseLinks(cases: readonly DesiredCase[], replies: Replies): Record<string, string> {
  return Object.fromEntries(
    cases.flatMap(({ kind }, index) => {
      const id = writtenId(replies.get(`case${index}`));
      return id === undefined ? [] : [[`case-${kind}`, id]];
    }),
  );
}

/** What we kept is what we wrote; should an older deployment have kept another shape, the guest is looked up anew. */
function keptIdentity({ kept }: GuestView): Identity | undefined {
  const parsed = identitySchema.safeParse(kept);
  return parsed.success ? parsed.data : undefined;
}

async function keep({ guest, keep: write }: SyncTask, identity: Identity): Promise<void> {
  const known = keptIdentity(guest);
  const same = known?.account.id === identity.account.id && known?.contact.id === identity.contact.id;
  if (!same) await write(identity);
}

function isStale(error: unknown): boolean {
  return error instanceof PermanentError && (error.code === CODE.duplicateKey || error.code === CODE.gone);
}
