import { type Contact, subscriberHash } from './contact.ts';
import type { MergeField, MergeType } from './merge-values.ts';
import type { Outbox } from './outgoing.ts';

/** Something the real Mailchimp accepts without a word although it does not do what the sender meant. */
export interface Noticed {
  readonly at: string;
  readonly email: string;
  readonly what:
    | 'merge-tag-ignored'
    | 'text-clipped'
    | 'tags-shape-ignored'
    | 'tags-ignored-on-update'
    | 'subscribed-without-double-opt-in';
  readonly detail: string;
}

/** A write that took effect, in order. */
export interface Committed {
  readonly at: string;
  readonly operation: string;
  readonly email: string;
  readonly change: Readonly<Record<string, unknown>>;
}

/** An automation that began for a contact. */
export interface JourneyStart {
  readonly at: string;
  readonly email: string;
  readonly trigger: string;
}

export interface Segment {
  readonly id: number;
  readonly name: string;
  readonly type: 'static' | 'saved';
  readonly options?: unknown;
  readonly created_at: string;
}

export interface ListWebhook {
  readonly id: string;
  readonly url: string;
  readonly events: Readonly<Record<string, boolean>>;
  readonly sources: Readonly<Record<string, boolean>>;
}

/** One audience ("list") with everything it holds. */
export interface Audience {
  readonly id: string;
  readonly doubleOptIn: boolean;
  /** By subscriber hash. */
  readonly contacts: Map<string, Contact>;
  /** Hashes of addresses erased for good: they cannot be imported again. */
  readonly erased: Set<string>;
  mergeFields: MergeField[];
  readonly segments: Segment[];
  readonly webhooks: ListWebhook[];
  readonly journeys: JourneyStart[];
  readonly noticed: Noticed[];
  readonly history: Committed[];
  readonly outbox: Outbox;
}

export type MergeFieldSet = 'harborlight' | 'mailchimp';

export interface AudienceStart {
  readonly doubleOptIn: boolean;
  /** Which merge fields and segments it starts with: those of the sync, or only what Mailchimp creates itself. */
  readonly fields: MergeFieldSet;
  readonly signingSecret: string | undefined;
}

export function newAudience(id: string, { doubleOptIn, fields, signingSecret }: AudienceStart): Audience {
  return {
    id,
    doubleOptIn,
    contacts: new Map(),
    erased: new Set(),
    mergeFields: fields === 'harborlight' ? HARBORLIGHT_FIELDS.map(toField) : MAILCHIMP_FIELDS.map(toField),
    segments: fields === 'harborlight' ? HARBORLIGHT_SEGMENTS.map(toSegment) : [],
    webhooks: [],
    journeys: [],
    noticed: [],
    history: [],
    outbox: { signingSecret, deliveries: [], pending: new Set() },
  };
}

/** Finds a contact by what a path may hold: the hash, the address itself or the contact id. */
export function findContact(audience: Audience, id: string): Contact | undefined {
  const byHash = audience.contacts.get(hashFromPath(id));
  return byHash ?? audience.contacts.values().find(({ contactId }) => contactId === id);
}

/** The subscriber hash a path segment stands for. An upper-case hash stays what it is: nobody's. */
export function hashFromPath(id: string): string {
  return id.includes('@') ? subscriberHash(id) : id;
}

/** The segment of a tag; made when the tag is used first, as a tag is a static segment to Mailchimp. */
export function tagSegment(audience: Audience, name: string): Segment {
  const found = audience.segments.find((segment) => segment.type === 'static' && segment.name === name);
  if (found !== undefined) return found;
  const id = FIRST_SEGMENT_ID + audience.segments.length;
  const segment: Segment = { id, name, type: 'static', created_at: new Date().toISOString() };
  audience.segments.push(segment);
  return segment;
}

/** Appends to a log of the audience; the oldest entries go when it grows long. */
export function remember<T>(log: T[], entry: T): void {
  log.push(entry);
  if (log.length > REMEMBERED) log.shift();
}

const REMEMBERED = 20_000;

export const FIRST_SEGMENT_ID = 100_001;

type FieldSeed = readonly [tag: string, name: string, type: MergeType, phoneFormat?: string];

const MAILCHIMP_FIELDS: readonly FieldSeed[] = [
  ['FNAME', 'First Name', 'text'],
  ['LNAME', 'Last Name', 'text'],
  ['ADDRESS', 'Address', 'address'],
  ['PHONE', 'Phone Number', 'phone', 'US'],
  ['BIRTHDAY', 'Birthday', 'birthday'],
];

const HARBORLIGHT_FIELDS: readonly FieldSeed[] = [
  ['FNAME', 'First Name', 'text'],
  ['LNAME', 'Last Name', 'text'],
  ['PHONE', 'Phone', 'text'],
  ['AI_SEGMENT', 'Segment', 'text'],
  ['UPSELL', 'Recommended upsell', 'text'],
  ['LAST_TOUR', 'Last tour', 'date'],
  ['NEXT_TOUR', 'Next tour', 'date'],
  ['BOOKINGS', 'Bookings', 'number'],
  ['LTV', 'Lifetime value', 'number'],
  ['CHURN', 'Churn risk', 'text'],
];

/** By the merge field that the sync writes. */
const HARBORLIGHT_SEGMENTS = [
  'corporate-group',
  'group',
  'family',
  'high-value-repeat',
  'returning',
  'lapsed',
  'at-risk',
  'win-back',
  'new',
];

function toSegment(value: string, index: number): Segment {
  const conditions = [{ condition_type: 'TextMerge', field: 'AI_SEGMENT', op: 'is', value }];
  const options = { match: 'all', conditions };
  return {
    id: FIRST_SEGMENT_ID + index,
    name: `Harborlight: ${value}`,
    type: 'saved',
    created_at: new Date().toISOString(),
    options,
  };
}

function toField([tag, name, type, phoneFormat]: FieldSeed, index: number): MergeField {
  return {
    merge_id: index + 1,
    tag,
    name,
    type,
    required: false,
    default_value: '',
    public: false,
    display_order: index + 2,
    help_text: '',
    options: phoneFormat === undefined ? {} : { phone_format: phoneFormat },
  };
}
