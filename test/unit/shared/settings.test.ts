import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { describe, expect, it } from 'vitest';
import * as z from 'zod';
import { jsonVariable, requiredText } from '../../../shared/settings/environment.ts';
import { parseEnvironment } from '../../../shared/settings/parse-environment.ts';
import { parseSettings, readSettings } from '../../../shared/settings/settings.ts';

describe('settings', () => {
  it('have sound defaults', () => {
    const { companies } = parseSettings({ companies: { kayaks: { name: 'Kayaks' } } });
    expect(companies.kayaks).toMatchObject({
      score: { modelClamp: 10, routing: [] },
      churn: { weights: { monthsAway: 60 }, mediumLine: 30, highLine: 60 },
      upsell: { weights: { sharedInterest: 2 } },
      value: { years: 3, stays: { low: 0.9, high: 0.2 } },
      risk: {},
      model: { api: 'responses', freeText: 'redacted', dailyBudgetUsd: 5, timeoutMs: 4000, prices: {} },
      salesforce: { stages: { won: 'Closed Won' } },
    });
  });

  it.each([
    [{ companies: { kayaks: {} } }, 'companies.kayaks.name'],
    [{ companies: { kayaks: { name: 'K', score: { modelClamp: 99 } } } }, 'companies.kayaks.score.modelClamp'],
    [{ companies: { kayaks: { name: 'K', mailchip: {} } } }, 'mailchip'],
    [{ companies: { kayaks: { name: 'K', score: { weights: { partysize: 5 } } } } }, 'partysize'],
    [{ companies: { kayaks: { name: 'K', score: { routing: [{ when: { minScore: 1 } }] } } } }, 'score.routing.0.to'],
    [
      {
        companies: {
          kayaks: { name: 'K', score: { routing: [{ when: { minScore: 9, maxScore: 8 }, to: 'rep' }] } },
        },
      },
      'minScore is above maxScore',
    ],
    [{ companies: { kayaks: { name: 'K', churn: { mediumLine: 61 } } } }, 'mediumLine is above highLine'],
    [{ companies: { kayaks: { name: 'K', risk: { model: { version: 'own-1' } } } } }, 'risk.model.cancellation'],
    [
      {
        companies: {
          kayaks: {
            name: 'K',
            catalogue: [{ id: 'a', name: 'A', closed: [{ from: '2026-12-02', to: '2026-12-01' }] }],
          },
        },
      },
      'from is after to',
    ],
    [{ companies: { kayaks: { name: 'K', catalogue: [{ id: 'a', name: 'A', weekdays: [0] }] } } }, 'weekdays.0'],
    [{ companies: { kayaks: { name: 'K', model: { api: 'completions' } } } }, 'model.api'],
    [{ companies: { kayaks: { name: 'K', model: { freeText: 'all' } } } }, 'model.freeText'],
    [{ companies: { kayaks: { name: 'K', model: { dailyBudgetUsd: -1 } } } }, 'model.dailyBudgetUsd'],
    [
      { companies: { kayaks: { name: 'K', model: { prices: { m: { inputPerMillion: 1 } } } } } },
      'model.prices.m.cachedInputPerMillion',
    ],
    [{}, 'companies'],
  ])('that are wrong name the key: %j', (input, key) => {
    expect(() => parseSettings(input)).toThrow(key);
  });

  it('beside the bundle that are missing or broken say what to do', () => {
    const file = join(mkdtempSync(join(tmpdir(), 'settings-')), 'settings.json');
    expect(() => readSettings(pathToFileURL(file))).toThrow(/missing beside the bundle: deploy again/);
    writeFileSync(file, '{"companies":');
    expect(() => readSettings(pathToFileURL(file))).toThrow(/not JSON/);
  });
});

describe('an environment', () => {
  const schema = z.object({ QUEUE_URL: requiredText, QUEUES: jsonVariable(z.record(z.string(), z.url())) });
  it('that is wrong names each variable and never its value', () => {
    const parse = () => parseEnvironment(schema, { QUEUE_URL: '', QUEUES: '{"crm":"secret-value"}' });
    expect(parse).toThrow(/environment: QUEUE_URL: is empty; QUEUES\.crm: /);
    expect(parse).not.toThrow(/secret-value/);
    expect(() => parseEnvironment(schema, {})).toThrow(/QUEUE_URL: is not set; QUEUES: is not set/);
    expect(() => parseEnvironment(schema, { QUEUE_URL: 'x', QUEUES: '{' })).toThrow(/QUEUES: is not JSON/);
  });
});
