import * as z from 'zod';
import { API_VERSION } from '../../../functions/crm-sync/salesforce/composite.ts';
import { logIn, type Session } from '../../../functions/crm-sync/salesforce/connection.ts';
import type { Credentials } from '../../../functions/crm-sync/salesforce/credentials.ts';
import { CODE, readErrors, toError } from '../../../functions/crm-sync/salesforce/salesforce-errors.ts';
import { PermanentError, RetryableError } from '../../../shared/errors/errors.ts';
import { httpClient } from '../../../shared/http/http-client.ts';
import { type Described, describedSchema } from './described.ts';

/** A describe of an object with hundreds of fields takes seconds. */
const TIMEOUT_MS = 30_000;

/** One org, seen from its set-up. Every method throws RetryableError or PermanentError. */
export interface OrgSetUp {
  /** The object as our user sees it; undefined where it cannot. */
  describe(object: string): Promise<Described | undefined>;
  /** The duplicate rules in force for people, such as `Contact.Same_Email`; undefined where our user may not see them. */
  activeDuplicateRules(): Promise<string[] | undefined>;
  /** The org's calls of the last 24 hours, by whomever, and how many it allows, as the last reply said; undefined where none did. */
  usage(): Usage | undefined;
}
export interface Usage {
  readonly used: number;
  readonly limit: number;
}

const versionsSchema = z.array(z.object({ version: z.string() }));

/** Whether the org serves the API version that the sync speaks. Needs no login. */
export async function servesVersion({ loginUrl }: Credentials): Promise<boolean> {
  const http = httpClient('salesforce', TIMEOUT_MS);
  const { status, json } = await http({ method: 'GET', url: new URL('/services/data', loginUrl).href });
  const parsed = versionsSchema.safeParse(json);
  if (parsed.success) return parsed.data.some(({ version }) => version === API_VERSION);
  throw new RetryableError(CODE.malformed, `${status} with no list of API versions came back`);
}

/** Signs in as the sync does. @throws RetryableError or PermanentError, as the login's failure means. */
export async function signIn(config: Credentials): Promise<OrgSetUp> {
  const session = await logIn(config, TIMEOUT_MS, new Date());
  let usage: Usage | undefined;
  const read: Read = async (path) => {
    const reply = await readPart(session, path);
    usage = reply.usage ?? usage;
    return reply;
  };
  return {
    describe: (object) => describeObject(read, object),
    activeDuplicateRules: () => activeDuplicateRules(read),
    usage: () => usage,
  };
}

const replySchema = z.object({
  compositeResponse: z.tuple([z.object({ httpStatusCode: z.int(), body: z.unknown() })]),
});

interface Reply {
  readonly status: number;
  readonly body: unknown;
  readonly usage: Usage | undefined;
}
type Read = (path: string) => Promise<Reply>;

/** One object a request: together, one that is not to be seen would take the others with it. */
async function describeObject(read: Read, object: string): Promise<Described | undefined> {
  const { status, body } = await read(`sobjects/${object}/describe`);
  if (status === 404) return undefined;
  const described = describedSchema.safeParse(body);
  if (status === 200 && described.success) return described.data;
  const [error] = readErrors(body) ?? [];
  if (error === undefined) throw malformed();
  throw new PermanentError(CODE.refused, `Salesforce refused to describe ${object}: ${error.code}`, {
    remedy: 'look the code up in the documentation of the REST API',
  });
}

const RULES_QUERY = `SELECT SobjectType, DeveloperName FROM DuplicateRule WHERE IsActive = true AND SobjectType IN ('Account', 'Contact')`;
const rulesSchema = z.object({ records: z.array(z.object({ SobjectType: z.string(), DeveloperName: z.string() })) });

async function activeDuplicateRules(read: Read): Promise<string[] | undefined> {
  const { status, body } = await read(`query?${new URLSearchParams({ q: RULES_QUERY })}`);
  // Who may not see the set-up is told that there is no such object.
  if (status >= 400) return undefined;
  const parsed = rulesSchema.safeParse(body);
  if (!parsed.success) throw malformed();
  return parsed.data.records.map(({ SobjectType, DeveloperName }) => `${SobjectType}.${DeveloperName}`);
}

/** Makes one GET, as the only part of a composite. */
async function readPart(session: Session, path: string): Promise<Reply> {
  const url = `/services/data/v${API_VERSION}/${path}`;
  const exchanged = await session.composite([{ method: 'GET', url, referenceId: 'described' }], TIMEOUT_MS);
  if (exchanged.kind === 'refused') throw toError(exchanged.refusal);
  const parsed = replySchema.safeParse(exchanged.body);
  if (!parsed.success) throw malformed();
  const [{ httpStatusCode: status, body }] = parsed.data.compositeResponse;
  return { status, body, usage: exchanged.usage };
}

function malformed(): RetryableError {
  return new RetryableError(CODE.malformed, 'something that is no describe result came back');
}
