import * as z from 'zod';
import { API_VERSION } from '../../../functions/crm-sync/salesforce/composite.ts';
import { logIn, type Session } from '../../../functions/crm-sync/salesforce/connection.ts';
import { CODE, readErrors, toError } from '../../../functions/crm-sync/salesforce/salesforce-errors.ts';
import { PermanentError, RetryableError } from '../../../shared/errors/errors.ts';
import { httpClient } from '../../../shared/http/http-client.ts';
import type { SalesforceConfig } from '../config.ts';
import { type Described, describedSchema } from './described.ts';

/** A describe of an object with hundreds of fields takes seconds. */
const TIMEOUT_MS = 30_000;

/** One org, seen from its set-up. Every method throws RetryableError or PermanentError. */
export interface OrgSetUp {
  /** The object as our user sees it; undefined where it cannot. */
  describe(object: string): Promise<Described | undefined>;
}

const versionsSchema = z.array(z.object({ version: z.string() }));

/** Whether the org serves the API version that the sync speaks. Needs no login. */
export async function servesVersion({ loginUrl }: SalesforceConfig): Promise<boolean> {
  const http = httpClient('salesforce', TIMEOUT_MS);
  const { status, json } = await http({ method: 'GET', url: new URL('/services/data', loginUrl).href });
  const parsed = versionsSchema.safeParse(json);
  if (parsed.success) return parsed.data.some(({ version }) => version === API_VERSION);
  throw new RetryableError(CODE.malformed, `${status} with no list of API versions came back`);
}

/** Signs in as the sync does. @throws RetryableError or PermanentError, as the login's failure means. */
export async function signIn(config: SalesforceConfig): Promise<OrgSetUp> {
  const session = await logIn(config, TIMEOUT_MS, new Date());
  return { describe: (object) => describeObject(session, object) };
}

const replySchema = z.object({
  compositeResponse: z.tuple([z.object({ httpStatusCode: z.int(), body: z.unknown() })]),
});

/** One object a request: together, one that is not to be seen would take the others with it. */
async function describeObject(session: Session, object: string): Promise<Described | undefined> {
  const url = `/services/data/v${API_VERSION}/sobjects/${object}/describe`;
  const exchanged = await session.composite([{ method: 'GET', url, referenceId: 'described' }], TIMEOUT_MS);
  if (exchanged.kind === 'refused') throw toError(exchanged.refusal);
  const parsed = replySchema.safeParse(exchanged.body);
  if (!parsed.success) throw malformed();
  const [{ httpStatusCode: status, body }] = parsed.data.compositeResponse;
  if (status === 404) return undefined;
  const described = describedSchema.safeParse(body);
  if (status === 200 && described.success) return described.data;
  const [error] = readErrors(body) ?? [];
  if (error === undefined) throw malformed();
  throw new PermanentError(CODE.refused, `Salesforce refused to describe ${object}: ${error.code}`, {
    remedy: 'look the code up in the documentation of the REST API',
  });
}

function malformed(): RetryableError {
  return new RetryableError(CODE.malformed, 'something that is no describe result came back');
}
