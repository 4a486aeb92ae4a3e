import type { MergeTag } from '../../../functions/marketing-sync/merge-fields.ts';
import { segmentSchema } from '../../../shared/understanding/understanding.ts';
import type { Finding } from '../finding.ts';

/** The merge field that a guest's segment stands in. */
const FIELD: MergeTag = 'AI_SEGMENT';

/** A saved segment, as Mailchimp takes it: who is in it follows from the condition, at any time. */
export interface NeededSegment {
  readonly name: string;
  readonly options: {
    readonly match: 'all';
    readonly conditions: readonly [
      { readonly condition_type: 'TextMerge'; readonly field: MergeTag; readonly op: 'is'; readonly value: string },
    ];
  };
}

/** A saved segment as the audience has it. */
export interface SavedSegment {
  readonly name: string;
  readonly conditions: readonly { readonly field?: unknown; readonly op?: unknown; readonly value?: unknown }[];
}

/** One for each segment that a guest can be in, so that a campaign is sent to it without building a filter first. */
export const SEGMENTS: readonly NeededSegment[] = segmentSchema.options.map((value) => ({
  name: `Harborlight: ${value}`,
  options: { match: 'all', conditions: [{ condition_type: 'TextMerge', field: FIELD, op: 'is', value }] },
}));

/** The needed segments that the audience lacks. */
export function missingSegments(actual: readonly SavedSegment[]): NeededSegment[] {
  return SEGMENTS.filter(({ name }) => actual.every((segment) => segment.name !== name));
}

/** How the segments of an audience stand. Pure: nothing is asked or changed. */
export function compareSegments(actual: readonly SavedSegment[]): Finding[] {
  return SEGMENTS.map((needed) => {
    const what = segmentTitle(needed);
    const found = actual.find(({ name }) => name === needed.name);
    if (found === undefined) {
      return { what, state: 'missing', note: 'npm run provision -- mailchimp creates the segment' };
    }
    return { what, state: 'ok', note: isOurs(found, needed) ? '' : 'with conditions of your own, which stay' };
  });
}

/** What the finding of a segment is about. */
export function segmentTitle({ name }: NeededSegment): string {
  return `segment ${name}`;
}

function isOurs({ conditions }: SavedSegment, { options }: NeededSegment): boolean {
  const [{ field, op, value }] = options.conditions;
  const [found, ...more] = conditions;
  return more.length === 0 && found?.field === field && found.op === op && found.value === value;
}
