import type { MergeTag } from '../../../functions/marketing-sync/merge-fields.ts';
import type { Finding } from '../finding.ts';

/** A merge field as the audience has it; the screen calls it an audience field. */
export interface MergeField {
  readonly tag: string;
  readonly name: string;
  readonly type: string;
  readonly required: boolean;
  readonly public: boolean;
  /** Only of a phone field: `US` takes nothing but US numbers. */
  readonly phoneFormat: string | undefined;
}

export interface NeededField {
  readonly tag: MergeTag;
  readonly name: string;
  readonly type: 'text' | 'number' | 'date';
  /** What only staff should see: a public field stands on the guest's own profile page. */
  readonly internal: boolean;
}

/** Every tag that marketing-sync writes: one left out here would not compile. */
const BY_TAG: { readonly [Tag in MergeTag]: NeededField & { readonly tag: Tag } } = {
  FNAME: { tag: 'FNAME', name: 'First Name', type: 'text', internal: false },
  LNAME: { tag: 'LNAME', name: 'Last Name', type: 'text', internal: false },
  PHONE: { tag: 'PHONE', name: 'Phone', type: 'text', internal: false },
  AI_SEGMENT: { tag: 'AI_SEGMENT', name: 'Segment', type: 'text', internal: true },
  UPSELL: { tag: 'UPSELL', name: 'Recommended upsell', type: 'text', internal: true },
  LAST_TOUR: { tag: 'LAST_TOUR', name: 'Last tour', type: 'date', internal: true },
  NEXT_TOUR: { tag: 'NEXT_TOUR', name: 'Next tour', type: 'date', internal: true },
  BOOKINGS: { tag: 'BOOKINGS', name: 'Bookings', type: 'number', internal: true },
  LTV: { tag: 'LTV', name: 'Lifetime value', type: 'number', internal: true },
  CHURN: { tag: 'CHURN', name: 'Churn risk', type: 'text', internal: true },
};
const NEEDED: readonly NeededField[] = Object.values(BY_TAG);

/** Most plans take this many fields in an audience, Premium 80. */
export const USUAL_FIELDS = 30;

/** The needed fields that the audience lacks. */
export function missingFields(actual: readonly MergeField[]): NeededField[] {
  return NEEDED.filter(({ tag }) => actual.every((field) => field.tag !== tag));
}

/** How the merge fields of an audience stand, the needed ones first. Pure: nothing is asked or changed. */
export function compareFields(actual: readonly MergeField[]): Finding[] {
  const missing = missingFields(actual);
  const tags = new Set<string>(NEEDED.map(({ tag }) => tag));
  return [
    ...NEEDED.map((field) => standing(field, actual)),
    ...roomFor(missing.length, actual.length),
    ...actual.filter(({ tag, required }) => required && !tags.has(tag)).map(({ tag }) => wrong(tag, NOT_REQUIRED)),
  ];
}

const NOT_REQUIRED =
  'required: guests who leave it empty would be refused; untick "Required field" in Audience > Settings > Audience fields';

function standing(field: NeededField, actual: readonly MergeField[]): Finding {
  const found = actual.find(({ tag }) => tag === field.tag);
  if (found === undefined) {
    return {
      what: titleOf(field.tag),
      state: 'missing',
      note: 'npm run provision -- mailchimp creates the field',
    };
  }
  const problems = [
    ...typeProblem(field, found),
    ...(found.required ? [NOT_REQUIRED] : []),
    ...(found.public && field.internal
      ? ['visible: guests see it on their profile page; untick "Visible field" in the audience fields']
      : []),
  ];
  if (problems.length === 0) return { what: titleOf(field.tag), state: 'ok', note: '' };
  return wrong(field.tag, problems.join('\n'));
}

/** A phone field will do for PHONE as long as it is not for US numbers only: guests come from everywhere. */
function typeProblem({ tag, type }: NeededField, found: MergeField): string[] {
  const isPhone = tag === 'PHONE' && found.type === 'phone';
  if (isPhone && found.phoneFormat === 'US') {
    return ['takes US numbers only: choose the phone format "International" in the audience fields'];
  }
  if (isPhone || found.type === type) return [];
  return [
    `of type ${found.type}, needed is ${type}: the type cannot be changed later, so give that field another tag in the audience fields, then run the command again`,
  ];
}

function roomFor(missing: number, used: number): Finding[] {
  if (missing === 0 || used + missing <= USUAL_FIELDS) return [];
  const note = `${used} are used and ${missing} more needed; most plans take ${USUAL_FIELDS} (Premium 80): delete fields nobody uses`;
  return [{ what: 'room for merge fields', state: 'wrong', note }];
}

/** What the finding of a merge field is about. */
export function titleOf(tag: string): string {
  return `merge field ${tag}`;
}

function wrong(tag: string, note: string): Finding {
  return { what: titleOf(tag), state: 'wrong', note };
}
