import * as z from 'zod';
import { PermanentError, RetryableError } from '../../../shared/errors/errors.ts';
import type { HttpClient } from '../../../shared/http/http-client.ts';
import { entryFor, perCompany } from '../../../shared/secrets/secrets.ts';
import { type AudienceClient, audienceClient } from './mailchimp.ts';

const accountSchema = z.object({
  apiKey: z.string(),
  audienceId: z.string(),
  /** Only for another address than the key's own data centre; with its version, such as https://…/3.0. */
  apiUrl: z.url().optional(),
});

/** The Mailchimp secret: one account per company, `*` for all the others. */
export const mailchimpSecretSchema = perCompany(accountSchema);
export type MailchimpAccounts = z.infer<typeof mailchimpSecretSchema>;

/** A company's audience. @throws PermanentError when there are no keys for it. */
export type AudienceOf = (company: string) => Promise<Audience>;

export interface Audience extends AudienceClient {
  /** Whether the audience asks new contacts to confirm; read once and kept as long as this execution environment. */
  doubleOptIn(): Promise<boolean>;
}

/** Milliseconds for one call: Mailchimp usually answers within one second. */
export const CALL_MS = 6_000;
/** Milliseconds for all calls of one task, well inside the function's 30 seconds. */
export const TASK_MS = 14_000;

/**
 * Gives a company's audience for one task; what is asked of it later than the task may take is refused.
 * @param taskMs milliseconds that the task may take.
 */
export function audiences(
  readSecret: () => Promise<MailchimpAccounts>,
  http: HttpClient,
  taskMs: number = TASK_MS,
): AudienceOf {
  const doubleOptIns = new Map<string, boolean>();
  return async (company) => {
    const account = entryFor(await readSecret(), company);
    const apiUrl = account && apiUrlOf(account);
    if (account === undefined || apiUrl === undefined || account.audienceId === '') throw notSetUp(company);
    const client = audienceClient({ ...account, apiUrl }, inTime(http, taskMs));
    const name = `${apiUrl} ${account.audienceId}`;
    return {
      ...client,
      doubleOptIn: async () => {
        const answer = doubleOptIns.get(name) ?? (await client.readDoubleOptIn());
        doubleOptIns.set(name, answer);
        return answer;
      },
    };
  };
}

/** Begins no call that could end after the task's time. */
function inTime(http: HttpClient, taskMs: number): HttpClient {
  const latest = performance.now() + taskMs - CALL_MS;
  return async (request) => {
    if (performance.now() <= latest) return await http(request);
    throw new RetryableError('mailchimp.slow', 'Mailchimp took too long over this booking: the rest is done later');
  };
}

/** A Mailchimp key ends in its data centre: `…-us1`. Undefined where neither it nor an address says where to go. */
function apiUrlOf({ apiKey, apiUrl }: z.infer<typeof accountSchema>): string | undefined {
  const [, dataCentre] = /-([a-z]{2,3}\d{1,3})$/.exec(apiKey) ?? [];
  if (apiKey === '') return undefined;
  return apiUrl ?? (dataCentre && `https://${dataCentre}.api.mailchimp.com/3.0`);
}

function notSetUp(company: string): PermanentError {
  return new PermanentError('mailchimp.not-set-up', `there is no usable Mailchimp key for company ${company}`, {
    remedy:
      'put apiKey (ending in its data centre, such as -us1) and audienceId into the Mailchimp secret, or switch ' +
      'mailchimp.enabled off in the settings; then repair the booking',
  });
}
