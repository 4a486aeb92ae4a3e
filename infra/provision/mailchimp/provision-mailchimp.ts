import type { MailchimpConfig } from '../config.ts';
import { type Finding, failed } from '../finding.ts';
import { type AudienceSetUp, audienceSetUp } from './audience.ts';
import { compareFields, missingFields, type NeededField, titleOf } from './merge-fields.ts';

const FIXES: Readonly<Record<string, string>> = {
  'mailchimp.key-rejected':
    'check MAILCHIMP_API_KEY, that its data centre is right, and that its user is Manager or more',
  'mailchimp.audience-unknown': 'check MAILCHIMP_AUDIENCE_ID (Audience > Settings shows the audience ID)',
  'mailchimp.unreadable': 'check MAILCHIMP_API_URL, which ends in /3.0',
  'mailchimp.network': 'check MAILCHIMP_API_URL and the network',
};

/**
 * Compares an audience with what marketing-sync needs.
 * @returns one finding for each thing needed; a call that failed is a finding, too.
 */
export function checkMailchimp(config: MailchimpConfig): Promise<Finding[]> {
  return look(audienceSetUp(config), async () => new Map());
}

/** As `checkMailchimp`, and creates the merge fields that are missing; what is there is never changed. */
export function provisionMailchimp(config: MailchimpConfig): Promise<Finding[]> {
  const audience = audienceSetUp(config);
  return look(audience, (missing) => createFields(audience, missing));
}

/** What became of fields that were to be created, by what their finding is about. */
type Outcomes = ReadonlyMap<string, Finding>;

async function look(
  audience: AudienceSetUp,
  create: (missing: readonly NeededField[]) => Promise<Outcomes>,
): Promise<Finding[]> {
  const reached: Finding[] = [];
  try {
    const { name, doubleOptIn } = await audience.readAudience();
    reached.push({ what: 'audience', state: 'ok', note: name }, optIn(doubleOptIn));
    const before = await audience.readFields();
    const outcomes = await create(missingFields(before));
    // What was created is looked at again: only what Mailchimp then shows is there.
    const fields = outcomes.size === 0 ? before : await audience.readFields();
    const standing = compareFields(fields).map((finding) => told(finding, outcomes.get(finding.what)));
    return [...reached, ...standing];
  } catch (error) {
    return [...reached, failed(reached.length === 0 ? 'audience' : 'merge fields', error, FIXES)];
  }
}

/** An outcome that agrees with what is there now says more than the bare finding. */
function told(finding: Finding, outcome: Finding | undefined): Finding {
  return outcome?.state === (finding.state === 'ok' ? 'created' : finding.state) ? outcome : finding;
}

function optIn(isDouble: boolean): Finding {
  const note = isDouble
    ? 'on: guests who consent become pending until they answer the e-mail that Mailchimp sends them'
    : 'off: guests who consent become subscribed at once';
  return { what: 'double opt-in', state: 'ok', note };
}

/** One after the other: Mailchimp numbers and orders the fields as they come. */
async function createFields(audience: AudienceSetUp, missing: readonly NeededField[]): Promise<Outcomes> {
  const outcomes = new Map<string, Finding>();
  for (const field of missing) {
    const what = titleOf(field.tag);
    try {
      await audience.createField(field);
      outcomes.set(what, { what, state: 'created', note: `${field.name} (${field.type})` });
    } catch (error) {
      outcomes.set(what, { ...failed(what, error, FIXES), state: 'missing' });
    }
  }
  return outcomes;
}
