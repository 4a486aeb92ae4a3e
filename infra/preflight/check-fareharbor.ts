import * as z from 'zod';
import { accessOf, askFareHarbor, type FareHarborSecret } from '../../shared/fareharbor/access.ts';
import type { HttpClient } from '../../shared/http/http-client.ts';
import { entryFor } from '../../shared/secrets/secrets.ts';
import { type Finding, failed } from '../provision/finding.ts';

const companiesSchema = z.object({ companies: z.array(z.looseObject({ shortname: z.string() })) });

/** Whether FareHarbor's API knows each company by the keys there are for it. One call a company. */
export async function checkFareHarbor(
  secret: FareHarborSecret,
  companies: readonly string[],
  http: HttpClient,
): Promise<Finding[]> {
  const findings: Finding[] = [];
  for (const company of companies) findings.push(await checkCompany(secret, company, http));
  return findings;
}

async function checkCompany(secret: FareHarborSecret, company: string, http: HttpClient): Promise<Finding> {
  const what = `FareHarbor: ${company}`;
  const access = accessOf(secret, company);
  const entry = entryFor(secret, company);
  if (entry !== undefined && (entry.appKey === '') !== (entry.userKey === '')) {
    return { what, state: 'wrong', note: 'has one key of two: fill appKey and userKey, or empty both' };
  }
  if (access === undefined) {
    return { what, state: 'ok', note: 'no API access: bookings are taken from the webhooks alone' };
  }
  try {
    const answer = await askFareHarbor(access, 'companies/', http);
    if (answer.kind === 'keys-rejected') {
      return { what, state: 'wrong', note: `FareHarbor refuses the keys (${answer.code}): check appKey and userKey` };
    }
    const readable = answer.kind === 'found' ? companiesSchema.safeParse(answer.json).data?.companies : undefined;
    if (readable === undefined) return { what, state: 'wrong', note: 'FareHarbor gave no list: check apiUrl' };
    const names = readable.map(({ shortname }) => shortname);
    return names.includes(company)
      ? { what, state: 'ok', note: 'readable' }
      : {
          what,
          state: 'wrong',
          note: `the keys read ${names.join(', ') || 'no company'}: ask FareHarbor to add ${company}`,
        };
  } catch (error) {
    return failed(what, error, {});
  }
}
