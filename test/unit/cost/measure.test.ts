import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type MeteredStack, startMeteredStack } from '../../../infra/cost/measure/metered-stack.ts';
import { observer } from '../../../infra/cost/measure/observer.ts';
import { perEvent, whoUsesWhat } from '../../../infra/cost/measure/summary.ts';
import { synthesize } from '../../../infra/local/synth.ts';

const directory = mkdtempSync(join(tmpdir(), 'harborlight-cost-'));
let stack: MeteredStack;

beforeAll(async () => {
  const assembly = join(directory, 'cdk.out');
  await synthesize(assembly);
  stack = await startMeteredStack(assembly, directory);
}, 120_000);

afterAll(async () => {
  await stack.close();
  rmSync(directory, { recursive: true, force: true });
});

describe('the metered stack', () => {
  it('counts all that a new booking, and the same webhook again, lead to', { timeout: 60_000 }, async () => {
    const observe = observer(stack);
    const { vendor } = stack.vendors.fareharbor;
    const { uuid } = vendor.book({ note: 'It is our anniversary' });
    const send = async () => {
      const response = await fetch(stack.webhookUrl, { method: 'POST', body: vendor.bodyOf(uuid) });
      expect(response.status).toBe(200);
    };
    const events = [await observe(send), await observe(send)];
    const [first, again] = events.map((event) => perEvent([event]));
    const of = (service: string) => first?.functions[service];
    const waited = { dynamodb: expect.any(Number), secrets: expect.any(Number) };
    expect(of('ingest')).toMatchObject({ invocations: 1, waits: { sqs: 1, secrets: 1 } });
    expect(of('enrichment')).toMatchObject({
      invocations: 1,
      calls: { ...waited, transaction: 1, sqs: 2, fareharbor: 1, model: 1 },
    });
    // Both hints go out at the same time.
    expect(of('enrichment')?.waits.sqs).toBe(1);
    expect(of('crm-sync')).toMatchObject({ invocations: 1, calls: { ...waited, salesforce: expect.any(Number) } });
    expect(of('marketing-sync')).toMatchObject({ invocations: 1, calls: { ...waited, mailchimp: expect.any(Number) } });
    for (const service of ['ingest', 'enrichment', 'crm-sync', 'marketing-sync']) {
      const work = of(service);
      expect(work?.cpuMsPerInvocation).toBeGreaterThan(0);
      expect(work?.logBytes).toBeGreaterThan(100);
    }
    // Sent, received and deleted: by ingest, and for each destination.
    expect(first?.sqsRequests).toBe(9);
    expect(first?.tables.bookings?.writes).toBeGreaterThan(4);
    expect(first?.tables.decisions?.writes).toBeGreaterThan(0);

    expect(Object.keys(again?.functions ?? {}).sort()).toEqual(['enrichment', 'ingest']);
    expect(again?.sqsRequests).toBe(3);
    // It is compared with what is held, and that is all.
    expect(again?.functions.enrichment?.calls).toEqual({ dynamodb: 1 });

    const users = whoUsesWhat(stack, events);
    expect(users.secretReaders).toContain('crm-sync salesforce');
    expect(users.tableUsers).toContain('marketing-sync guests');
    expect(users.metrics).toContain('crm-sync SyncLatency');
  });
});
