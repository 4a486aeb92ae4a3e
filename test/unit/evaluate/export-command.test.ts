import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { BatchWriteItemCommand, type DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { evaluate } from '../../../infra/evaluate/command.ts';
import { OWN_HEADER } from '../../../infra/evaluate/own-history.ts';
import { randomFrom } from '../../../infra/evaluate/random.ts';
import type { Booking } from '../../../shared/booking/booking.ts';
import { guestKeyFor } from '../../../shared/guest/guest-key.ts';
import { toItem } from '../../../shared/records/dynamo.ts';
import { PACKED, pack } from '../../../shared/records/packed.ts';
import { parseSettings } from '../../../shared/settings/settings.ts';
import { aBooking, at, usd, uuid } from '../shared/booking-fixture.ts';
import { createTable, openDynamoDb } from '../shared/tables.ts';

const MADE = '2026-11-20T19:00:00.000Z';
const tour = (day: string) => ({ pk: 21, startAt: at(`${day}T17:00:00-1000`), endAt: null, headline: null });

/** Invented bookings of one company, three a day, of which those not paid at once are often cancelled. */
function invented(count: number): Booking[] {
  const random = randomFrom(7);
  return Array.from({ length: count }, (_, index) => {
    const made = Date.UTC(2025, 0, 1) + Math.floor(index / 3) * 86_400_000;
    const day = (ms: number) => new Date(ms).toISOString().slice(0, 10);
    const paid = random() < 0.5;
    const createdAt = at(`${day(made)}T09:00:00-1000`);
    return aBooking({
      uuid: uuid(1000 + index),
      createdAt,
      availability: tour(day(made + Math.floor(random() * 20) * 86_400_000)),
      payments: paid
        ? [{ pk: index, type: 'card', status: 'succeeded', amount: usd(20000), at: createdAt, refunds: [] }]
        : [],
      status: random() < (paid ? 0.05 : 0.45) ? 'cancelled' : 'booked',
    });
  });
}

describe('npm run evaluate -- --export', () => {
  const folder = mkdtempSync(join(tmpdir(), 'export-'));
  let engine: Awaited<ReturnType<typeof openDynamoDb>>;
  const bookings = invented(1500);
  beforeAll(async () => {
    engine = await openDynamoDb();
    await createTable(engine.dynamo, 'bookings', ['uuid']);
    const other = aBooking({
      uuid: uuid(1),
      company: { shortname: 'reef-tours', name: 'Reef Tours', currency: 'USD' },
    });
    await put(engine.dynamo, [other, ...bookings]);
  }, 60_000);
  afterAll(async () => {
    rmSync(folder, { recursive: true });
    await engine.close();
  });

  async function put(dynamo: DynamoDBClient, all: readonly Booking[]): Promise<void> {
    for (let next = 0; next < all.length; next += 25) {
      const requests = all.slice(next, next + 25).map((booking, index) => {
        const { uuid: key, company } = booking;
        // Each guest has three of them.
        const guestKey = guestKeyFor(uuid(Number(key.slice(-6)) % 500));
        const keptOf = { booking, firstSeenAt: MADE };
        // Some from before records were packed.
        const kept = index % 3 === 0 ? keptOf : { [PACKED]: pack(keptOf, key) };
        return { PutRequest: { Item: toItem({ uuid: key, company: company.shortname, guestKey, ...kept }) } };
      });
      await dynamo.send(new BatchWriteItemCommand({ RequestItems: { bookings: requests } }));
    }
  }

  async function run(...args: string[]) {
    const said = { printed: '', complained: '' };
    const print = (text: string) => {
      said.printed += text;
    };
    const complain = (text: string) => {
      said.complained += text;
    };
    const reach = (stage: string) => ({
      dynamo: engine.dynamo,
      tables: { bookings: stage === 'dev' ? 'bookings' : `harborlight-${stage}-bookings` },
      close: () => undefined,
    });
    return { code: await evaluate(args, { print, complain }, reach), ...said };
  }

  it('writes every page’s bookings of one company, and nothing that says whose they are', async () => {
    const file = join(folder, 'own.csv');
    const { code, printed } = await run('--export', file, '--company', 'harbor-kayaks');
    expect(code).toBe(0);
    expect(printed).toContain('1500 bookings of harbor-kayaks');
    const text = readFileSync(file, 'utf8');
    expect(text.trim().split('\n')).toHaveLength(1501);
    // More than the header, only digits, days and the three ends.
    expect(text.slice(OWN_HEADER.length)).toMatch(/^[\d,.\n-]*(?:(?:came|cancelled|no-show)[\d,.\n-]*)*$/);
    for (const { uuid: key } of bookings) expect(text).not.toContain(key.slice(-12));
    expect(statSync(file).mode & 0o077).toBe(0);
  }, 60_000);

  it('is judged, and the entry it prints is one that the settings take', async () => {
    const { code, printed } = await run('--own', join(folder, 'own.csv'));
    expect(code).toBe(0);
    expect(printed).toContain('Cancellations: your own history replaces the default');
    expect(printed).toContain('No-shows: the default stays: too few');
    const entry = printed.slice(printed.indexOf('\nrisk: ')).trim();
    expect(entry).toMatch(/^risk: \{[\s\S]*\},$/);
    const pasted = JSON.parse(`{${entry.replace(/^risk/, '"risk"').replace(/,$/, '')}}`);
    const settings = parseSettings({ companies: { 'harbor-kayaks': { name: 'Harbor Kayaks', ...pasted } } });
    const model = settings.companies['harbor-kayaks']?.risk.model;
    expect(model?.version).toMatch(/^own-2026-/);
    expect(model?.cancellation.terms.paidShare?.weight).toBeLessThan(-1);
    const json = JSON.parse((await run('--own', join(folder, 'own.csv'), '--json')).printed);
    expect(json.settings).toEqual(pasted);
  }, 60_000);

  it('asks whose bookings where the table holds those of several, and writes nothing', async () => {
    const { code, complained } = await run('--export', join(folder, 'several.csv'));
    expect(code).toBe(1);
    expect(complained).toContain('harbor-kayaks, reef-tours: say whose with --company.');
    expect(() => statSync(join(folder, 'several.csv'))).toThrow();
  }, 60_000);

  it.each([
    ['a company that is not there', ['--company', 'nobody'], /There are no bookings of nobody/],
    [
      'a stage that is not there',
      ['--stage', 'gone'],
      /harborlight-gone-bookings could not be read \(ResourceNotFound/,
    ],
  ])('answers %s in a sentence', async (_, args, message) => {
    const { code, printed, complained } = await run('--export', join(folder, 'none.csv'), ...args);
    expect([code, printed]).toEqual([1, '']);
    expect(complained).toMatch(message);
  });

  it('leaves a file alone that is there already', async () => {
    const file = join(folder, 'mine.csv');
    writeFileSync(file, 'mine');
    const { code, complained } = await run('--export', file, '--company', 'harbor-kayaks');
    expect(code).toBe(1);
    expect(complained).toContain('there is such a file already');
    expect(readFileSync(file, 'utf8')).toBe('mine');
  });
});
