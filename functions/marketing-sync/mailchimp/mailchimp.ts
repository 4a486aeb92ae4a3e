import { createHash } from 'node:crypto';
import * as z from 'zod';
import { RetryableError } from '../../../shared/errors/errors.ts';
import type { HttpClient, HttpReply, HttpRequest } from '../../../shared/http/http-client.ts';
import { failure, problemOf } from './mailchimp-errors.ts';
import type { BulkMember, MemberBody } from './member-body.ts';

/** `exists`: a contact that was to be added is one already, and was not touched. */
export type BulkReply = { readonly kind: 'written'; readonly member: Member } | { readonly kind: 'exists' | 'refused' };

export interface TagChange {
  readonly name: string;
  readonly status: 'active' | 'inactive';
}

export interface JourneyEvent {
  /** 2–30 characters. */
  readonly name: string;
  /** `event_key` among them names the event for good. */
  readonly properties: Readonly<Record<string, string>> & { readonly event_key: string };
}

const memberSchema = z.object({
  id: z.string(),
  /** `subscribed`, `unsubscribed`, `cleaned`, `pending`, `transactional`, `archived`. */
  status: z.string(),
  /** The number in the address of the contact's page. */
  web_id: z.number().optional(),
});
/** A contact as Mailchimp answers it. */
export type Member = z.infer<typeof memberSchema>;

/** What became of a member write. The refusals are normal outcomes, not errors: the guest's own will or past. */
export type WriteOutcome =
  | { readonly kind: 'written'; readonly member: Member }
  /** Erased for good: Mailchimp takes the address back only by the guest's own sign-up. */
  | { readonly kind: 'forgotten' }
  /** Unsubscribed, bounced or under review, and the write wanted something else. */
  | { readonly kind: 'in-compliance-state' }
  /** Another contact has the address that this one was to get. */
  | { readonly kind: 'address-taken' };

/**
 * One audience of the Mailchimp Marketing API. Contacts are named by their address.
 * Every method throws RetryableError or PermanentError, never a bare error and never with an address in its message.
 */
export interface AudienceClient {
  readDoubleOptIn(): Promise<boolean>;
  /** Undefined where there is no such contact (or an erased one). */
  readMember(email: string): Promise<Member | undefined>;
  /** Adds the contact, or updates the one that has the address `at`; `body.email_address` may be its new address. */
  writeMember(at: string, body: MemberBody): Promise<WriteOutcome>;
  /**
   * Adds up to `MOST_MEMBERS` contacts; the status counts. One that exists is not touched, whatever its state.
   * @returns what became of each, by its address in lower case; an address without an answer is not in it.
   */
  addMembers(members: readonly (BulkMember & Required<Pick<BulkMember, 'status'>>)[]): Promise<BulkReplies>;
  /** Updates up to `MOST_MEMBERS` contacts; sent without a status, they keep theirs, and one that is none is refused. */
  updateMembers(members: readonly Omit<BulkMember, 'status'>[]): Promise<BulkReplies>;
  unsubscribe(email: string): Promise<void>;
  /** False where there is no such contact. `history` starts no automation. */
  writeTags(email: string, tags: readonly TagChange[], about: 'news' | 'history'): Promise<boolean>;
  sendEvent(email: string, event: JourneyEvent): Promise<void>;
  /** The `event_key`s of all events of the contact with this subscriber hash; none where there is no such contact. */
  readEventKeys(hash: string): Promise<ReadonlySet<string>>;
}

export interface AudienceAccount {
  readonly apiKey: string;
  readonly audienceId: string;
  /** With the version, such as `https://us1.api.mailchimp.com/3.0`. */
  readonly apiUrl: string;
}

/** Contacts that Mailchimp takes in one call. */
export const MOST_MEMBERS = 500;
export type BulkReplies = ReadonlyMap<string, BulkReply>;

/** Mailchimp's name for a contact: MD5 of the address in lower case. */
export function subscriberHash(email: string): string {
  return createHash('md5').update(email.toLowerCase()).digest('hex');
}

/** Seconds after which a call that timed out on our side is surely over at Mailchimp, whose own limit this is. */
const SERVER_TIMEOUT_SECONDS = 120;
const EVENTS_PAGE = 1_000;
const EVENT_PAGES = 10;

const eventsSchema = z.object({
  events: z.array(z.object({ properties: z.looseObject({ event_key: z.string().optional() }).optional() })),
});

export function audienceClient({ apiKey, audienceId, apiUrl }: AudienceAccount, http: HttpClient): AudienceClient {
  const list = `${apiUrl.replace(/\/+$/, '')}/lists/${encodeURIComponent(audienceId)}`;
  const authorization = `Basic ${Buffer.from(`harborlight:${apiKey}`).toString('base64')}`;
  const call = (method: HttpRequest['method'], path: string, body?: object): Promise<HttpReply> =>
    patient(http({ method, url: `${list}${path}`, headers: { authorization }, ...(body && { body }) }));
  const member = (email: string, rest = ''): string => `/members/${subscriberHash(email)}${rest}`;
  const sendMembers = async (body: object): Promise<BulkReplies> => bulkReplies(await call('POST', '', body));

  return {
    async readDoubleOptIn() {
      const reply = await call('GET', '?fields=double_optin');
      return parsed(reply, z.object({ double_optin: z.boolean() }), 'audience').double_optin;
    },

    async readMember(email) {
      const reply = await call('GET', member(email, '?fields=id,status,web_id'));
      return reply.status === 404 && problemOf(reply) !== undefined
        ? undefined
        : parsed(reply, memberSchema, 'contact');
    },

    async writeMember(at, body) {
      const reply = await call('PUT', member(at), body);
      const refusal = reply.status === 400 ? refusalOf(problemOf(reply)?.title) : undefined;
      return refusal ?? { kind: 'written', member: parsed(reply, memberSchema, 'audience', body) };
    },

    async unsubscribe(email) {
      ensure(await call('PATCH', member(email), { status: 'unsubscribed' }));
    },

    addMembers: (members) => sendMembers({ members, update_existing: false }),
    updateMembers: (members) => sendMembers({ members, update_existing: true }),

    async writeTags(email, tags, about) {
      const body = { tags, ...(about === 'history' && { is_syncing: true }) };
      const reply = await call('POST', member(email, '/tags'), body);
      if (reply.status === 404) return false;
      ensure(reply);
      return true;
    },

    async sendEvent(email, event) {
      ensure(await call('POST', member(email, '/events'), event));
    },

    async readEventKeys(hash) {
      const keys = new Set<string>();
      for (let page = 0; page < EVENT_PAGES; page += 1) {
        const query = `?count=${EVENTS_PAGE}&offset=${page * EVENTS_PAGE}`;
        const reply = await call('GET', `/members/${hash}/events${query}`);
        if (reply.status === 404 && problemOf(reply) !== undefined) break;
        const { events } = parsed(reply, eventsSchema, 'contact');
        for (const { properties } of events) if (properties?.event_key) keys.add(properties.event_key);
        if (events.length < EVENTS_PAGE) break;
      }
      return keys;
    },
  };
}

const bulkSchema = z.object({
  new_members: z.array(memberSchema.extend({ email_address: z.string() })),
  updated_members: z.array(memberSchema.extend({ email_address: z.string() })),
  errors: z.array(z.object({ email_address: z.string(), error_code: z.string().optional() })),
});

/** The answer is 200 whatever became of the contacts: each is looked at. */
function bulkReplies(reply: HttpReply): BulkReplies {
  const { new_members, updated_members, errors } = parsed(reply, bulkSchema, 'audience');
  const refused = errors.map(({ email_address, error_code }): [string, BulkReply] => {
    return [email_address.toLowerCase(), { kind: error_code === 'ERROR_CONTACT_EXISTS' ? 'exists' : 'refused' }];
  });
  const written = [...new_members, ...updated_members].map(({ email_address, ...member }): [string, BulkReply] => {
    return [email_address.toLowerCase(), { kind: 'written', member }];
  });
  return new Map([...refused, ...written]);
}

function refusalOf(title: string | undefined): Exclude<WriteOutcome, { kind: 'written' }> | undefined {
  switch (title) {
    case 'Forgotten Email Not Subscribed':
      return { kind: 'forgotten' };
    case 'Member In Compliance State':
      return { kind: 'in-compliance-state' };
    case 'Member Exists':
      return { kind: 'address-taken' };
    default:
      return undefined;
  }
}

/** What timed out may still be at work there: asked again at once it would be done beside itself. */
async function patient(exchange: Promise<HttpReply>): Promise<HttpReply> {
  try {
    return await exchange;
  } catch (cause) {
    if (!(cause instanceof RetryableError) || cause.code !== 'mailchimp.timeout') throw cause;
    throw new RetryableError(cause.code, cause.message, { waitSeconds: SERVER_TIMEOUT_SECONDS, cause });
  }
}

function ensure(reply: HttpReply, missing: 'contact' | 'audience' = 'contact', sent?: MemberBody): void {
  if (reply.status < 200 || reply.status > 299) throw failure(reply, missing, sent);
}

function parsed<Schema extends z.ZodType>(
  reply: HttpReply,
  schema: Schema,
  missing: 'contact' | 'audience',
  sent?: MemberBody,
): z.infer<Schema> {
  ensure(reply, missing, sent);
  const result = schema.safeParse(reply.json);
  if (result.success) return result.data;
  throw new RetryableError('mailchimp.unreadable', `Mailchimp answered ${reply.status} with a body of another shape`);
}
