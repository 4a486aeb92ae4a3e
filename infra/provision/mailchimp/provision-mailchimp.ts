import type { MailchimpConfig } from '../config.ts';
import { type Finding, failed } from '../finding.ts';
import { type AudienceSetUp, audienceSetUp } from './audience.ts';
import { compareFields, missingFields, titleOf } from './merge-fields.ts';
import { compareSegments, missingSegments, segmentTitle } from './segments.ts';

/** What the keys are called where the operator set them. */
export interface KeyNames {
  readonly apiKey: string;
  readonly audienceId: string;
  readonly apiUrl: string;
}

const IN_ENVIRONMENT: KeyNames = {
  apiKey: 'MAILCHIMP_API_KEY',
  audienceId: 'MAILCHIMP_AUDIENCE_ID',
  apiUrl: 'MAILCHIMP_API_URL',
};

function fixesFor({ apiKey, audienceId, apiUrl }: KeyNames): Readonly<Record<string, string>> {
  return {
    'mailchimp.key-rejected': `check ${apiKey}, that its data centre is right, and that its user is Manager or more`,
    'mailchimp.audience-unknown': `check ${audienceId} (Audience > Settings shows the audience ID)`,
    'mailchimp.unreadable': `check ${apiUrl}, which ends in /3.0`,
    'mailchimp.network': `check ${apiUrl} and the network`,
  };
}

/**
 * Compares an audience with what marketing-sync writes, and with what its readers start from.
 * @returns one finding for each thing needed; a call that failed is a finding, too.
 */
export function checkMailchimp(config: MailchimpConfig, names: KeyNames = IN_ENVIRONMENT): Promise<Finding[]> {
  return look(audienceSetUp(config), false, names);
}

/** As `checkMailchimp`, and creates the merge fields and segments that are missing; what is there is never changed. */
export function provisionMailchimp(config: MailchimpConfig): Promise<Finding[]> {
  return look(audienceSetUp(config), true, IN_ENVIRONMENT);
}

async function look(audience: AudienceSetUp, creates: boolean, names: KeyNames): Promise<Finding[]> {
  const findings: Finding[] = [];
  let at = 'audience';
  try {
    const { name, doubleOptIn } = await audience.readAudience();
    findings.push({ what: at, state: 'ok', note: name }, optIn(doubleOptIn));
    // Fields first: Mailchimp takes no segment by a field that is not there.
    for (const part of [fieldsOf(audience), segmentsOf(audience)]) {
      at = part.called;
      findings.push(...(await part.stand(creates)));
    }
    return findings;
  } catch (error) {
    return [...findings, failed(at, error, fixesFor(names))];
  }
}

/** One sort of things that an audience has several of. */
interface Part {
  readonly called: string;
  stand(creates: boolean): Promise<Finding[]>;
}

const fieldsOf = (audience: AudienceSetUp): Part =>
  part('merge fields', {
    read: () => audience.readFields(),
    missing: missingFields,
    create: (field) => audience.createField(field),
    titleOf: ({ tag }) => titleOf(tag),
    noteOf: ({ name, type }) => `${name} (${type})`,
    compare: compareFields,
  });

const segmentsOf = (audience: AudienceSetUp): Part =>
  part('segments', {
    read: () => audience.readSegments(),
    missing: missingSegments,
    create: (segment) => audience.createSegment(segment),
    titleOf: segmentTitle,
    noteOf: ({ options }) => options.conditions.map(({ field, op, value }) => `${field} ${op} ${value}`).join(', '),
    compare: compareSegments,
  });

interface Sort<Actual, Needed> {
  readonly read: () => Promise<readonly Actual[]>;
  readonly missing: (actual: readonly Actual[]) => readonly Needed[];
  readonly create: (needed: Needed) => Promise<void>;
  readonly titleOf: (needed: Needed) => string;
  readonly noteOf: (needed: Needed) => string;
  readonly compare: (actual: readonly Actual[]) => readonly Finding[];
}

function part<Actual, Needed>(called: string, sort: Sort<Actual, Needed>): Part {
  return {
    called,
    async stand(creates) {
      const before = await sort.read();
      const outcomes = creates ? await createAll(sort.missing(before), sort) : new Map<string, Finding>();
      // What was created is looked at again: only what Mailchimp then shows is there.
      const after = outcomes.size === 0 ? before : await sort.read();
      return sort.compare(after).map((finding) => told(finding, outcomes.get(finding.what)));
    },
  };
}

/** One after the other: Mailchimp numbers and orders them as they come. @returns what became of each, by its title. */
async function createAll<Needed>(
  missing: readonly Needed[],
  { create, titleOf: title, noteOf }: Pick<Sort<unknown, Needed>, 'create' | 'titleOf' | 'noteOf'>,
): Promise<ReadonlyMap<string, Finding>> {
  const outcomes = new Map<string, Finding>();
  for (const needed of missing) {
    const what = title(needed);
    try {
      await create(needed);
      outcomes.set(what, { what, state: 'created', note: noteOf(needed) });
    } catch (error) {
      outcomes.set(what, { ...failed(what, error, fixesFor(IN_ENVIRONMENT)), state: 'missing' });
    }
  }
  return outcomes;
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
