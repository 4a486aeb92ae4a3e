import * as z from 'zod';
import { PermanentError, RetryableError } from '../../../shared/errors/errors.ts';
import type { GuestView, SyncTask } from '../../../shared/sink/sink.ts';
import { type Replies, writtenId } from '../salesforce/composite.ts';
import { CODE } from '../salesforce/salesforce-errors.ts';
import type { GuestParts } from './guest-parts.ts';
import { type Identity, identitySchema } from './match-guest.ts';

/** The guest's records in Salesforce. */
export interface GuestIds {
  readonly account: string;
  readonly contact: string;
}

/** What we kept is what we wrote; should an older deployment have kept another shape, the guest is looked up anew. */
export function keptIdentity({ kept }: Pick<GuestView, 'kept'>): Identity | undefined {
  const parsed = identitySchema.safeParse(kept);
  return parsed.success ? parsed.data : undefined;
}

/** Keeps who the guest is for next time, with the ids that were written, where that is news. */
export async function keepIdentity(
  { guest, keep }: Pick<SyncTask, 'guest' | 'keep'>,
  { account, contact }: Identity,
  ids: GuestIds,
): Promise<void> {
  const known = keptIdentity(guest);
  if (known?.account.id === ids.account && known.contact.id === ids.contact) return;
  await keep({ account: { ...account, id: ids.account }, contact: { ...contact, id: ids.contact } });
}

const personSchema = z.object({ PersonContactId: z.string() });

/** @throws RetryableError when the reply does not say which records were written. */
export function idsOf({ contactRef }: GuestParts, { account, contact }: Identity, replies: Replies): GuestIds {
  const person = personSchema.safeParse(replies.get('person'));
  const accountId = account.id ?? writtenId(replies.get('account'));
  const contactId = contact.id ?? (person.success ? person.data.PersonContactId : writtenId(replies.get('contact')));
  if (accountId !== undefined && contactId !== undefined) return { account: accountId, contact: contactId };
  throw new RetryableError(CODE.malformed, `Salesforce did not say which records it wrote (${contactRef})`);
}

/** Whether what we took for the guest's records is theirs no more: look the guest up again. */
export function isStale(error: unknown): boolean {
  return error instanceof PermanentError && (error.code === CODE.duplicateKey || error.code === CODE.gone);
}
