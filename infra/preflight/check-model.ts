import * as z from 'zod';
import type { ModelSecret } from '../../functions/enrichment/understanding/model.ts';
import type { HttpClient } from '../../shared/http/http-client.ts';
import { entryFor } from '../../shared/secrets/secrets.ts';
import type { Settings } from '../../shared/settings/settings.ts';
import { type Finding, failed } from '../provision/finding.ts';

const OPENAI = 'https://api.openai.com/v1';
const modelSchema = z.looseObject({ id: z.string() });

/** Whether the server has the model that each company is set to use. Nothing is asked of a model: that would cost. */
export async function checkModels(secret: ModelSecret, { companies }: Settings, http: HttpClient): Promise<Finding[]> {
  const findings: Finding[] = [];
  for (const [company, { model }] of Object.entries(companies)) {
    const what = `model: ${company}`;
    const entry = entryFor(secret, company);
    if (!model.enabled || entry === undefined || entry.apiKey === '') {
      findings.push({ what, state: 'ok', note: model.enabled ? 'no key: rules only' : 'switched off: rules only' });
      continue;
    }
    findings.push(await checkModel(what, { ...entry, name: entry.model || model.name }, http));
  }
  return findings;
}

async function checkModel(
  what: string,
  { apiKey, baseUrl, name }: { readonly apiKey: string; readonly baseUrl?: string | undefined; readonly name: string },
  http: HttpClient,
): Promise<Finding> {
  const url = `${(baseUrl || OPENAI).replace(/\/$/, '')}/models/${encodeURIComponent(name)}`;
  try {
    const { status, json } = await http({ method: 'GET', url, headers: { authorization: `Bearer ${apiKey}` } });
    if (status === 401 || status === 403) {
      return { what, state: 'wrong', note: 'the server refuses the key: check apiKey' };
    }
    if (status === 200 && modelSchema.safeParse(json).success) return { what, state: 'ok', note: name };
    const fix = 'set model.name in the settings or model in the secret, or check baseUrl';
    return { what, state: 'missing', note: `the server answers ${status} when asked for ${name}: ${fix}` };
  } catch (error) {
    return failed(what, error, {});
  }
}
