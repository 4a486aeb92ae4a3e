import { beforeEach, describe, expect, it } from 'vitest';
import { closed, opened } from '../../../shared/gate/circuit/circuit.ts';
import type { Gate } from '../../../shared/gate/gate.ts';
import type { Pause } from '../../../shared/gate/pause/pauses.ts';
import { watchVolume } from '../../../shared/gate/volume/volume-breaker.ts';
import type { VolumeHour, Volumes } from '../../../shared/gate/volume/volumes.ts';
import { endOf, hint, START } from './circuit-desk.ts';
import { listening } from './quiet.ts';

const HOUR = 3_600_000;
const RULE = { times: 10, atLeast: 5000 };

let clock = START;
beforeEach(() => {
  clock = START;
});

/** Counts as the table keeps them, pauses as they are written, and environments of a sink that write to both. */
function desk({ usual = 0, rule = RULE }: { usual?: number; rule?: typeof RULE | undefined } = {}) {
  const totals = new Map<string, number>();
  const state = { adds: 0, usualAsked: 0, abnormal: [] as string[], available: true };
  const idOf = ({ company, hour }: VolumeHour) => `${company} ${hour}`;
  const volumes: Volumes = {
    add: async (hour, writes) => {
      if (!state.available) throw new Error('the table is away');
      state.adds += 1;
      const total = (totals.get(idOf(hour)) ?? 0) + writes;
      totals.set(idOf(hour), total);
      return total;
    },
    largestBefore: async () => {
      state.usualAsked += 1;
      return usual;
    },
    markAbnormal: async (hour) => {
      state.abnormal.push(idOf(hour));
    },
  };
  const pauses: Pause[] = [];
  const gate: { -readonly [Key in keyof Gate]: Gate[Key] } = { pauses: [], circuits: [], allowances: [] };
  const { log, meter, counts, events } = listening();
  const environment = (asks: 'asks' | 'asks nothing' = 'asks', fails: Error | undefined = undefined) => {
    let answers = 0;
    const inner = {
      queueUrl: 'queue',
      worstCaseMs: 1000,
      handle: async () => {
        if (asks === 'asks') answers += 1;
        if (fails !== undefined) throw fails;
      },
      park: async () => {},
    };
    return watchVolume(inner, {
      sink: 'crm',
      ruleOf: () => rule,
      volumes,
      readGate: async () => gate,
      pause: async (pause) => {
        if (pauses.some(({ id, company }) => id === pause.id && company === pause.company)) return false;
        pauses.push(pause);
        return true;
      },
      answers: () => answers,
      log,
      meter,
      now: () => new Date(clock),
    });
  };
  return { state, totals, pauses, gate, counts, events, environment };
}
type Desk = ReturnType<typeof desk>;

/** Bookings brought, spread over environments and evenly over a time. */
async function bring({ environment }: Desk, bookings: number, overMs = 60_000, company?: string): Promise<void> {
  const environments = Array.from({ length: 5 }, () => environment());
  const start = clock;
  for (let n = 0; n < bookings; n += 1) {
    clock = start + Math.floor((n * overMs) / bookings);
    await environments[n % environments.length]?.handle(hint(n, 1, company));
  }
  clock = start + overMs;
}

describe('writes are counted', () => {
  it('cheaply: fifty together, or those of half a minute', async () => {
    const one = desk();
    await bring(one, 3000);
    expect(one.state.adds).toBeLessThanOrEqual(3000 / 50 + 5 * 2);
    const total = [...one.totals.values()].reduce((sum, writes) => sum + writes, 0);
    // What the environments still hold is not there yet.
    expect(total).toBeGreaterThan(3000 - 5 * 50);
  });

  it('only where the vendor was asked, and also where the message failed then', async () => {
    const one = desk();
    const [idle, failing] = [one.environment('asks nothing'), one.environment('asks', new Error('later'))];
    for (let n = 0; n < 60; n += 1) await idle.handle(hint(n));
    expect(one.state.adds).toBe(0);
    for (let n = 0; n < 60; n += 1) expect(await endOf(failing.handle(hint(n)))).toMatchObject({ message: 'later' });
    expect([...one.totals.values()]).toEqual([50]);
  });

  it('in the hour they were made in', async () => {
    const one = desk();
    const { handle } = one.environment();
    clock = START + HOUR - 1000;
    for (let n = 0; n < 7; n += 1) await handle(hint(n));
    clock += 2000;
    for (let n = 0; n < 50; n += 1) await handle(hint(n));
    expect([...one.totals]).toEqual([
      ['harbor-kayaks 2026-11-21T12', 7],
      ['harbor-kayaks 2026-11-21T13', 50],
    ]);
  });

  it('or not, where the table does not take them: messages go on', async () => {
    const one = desk();
    one.state.available = false;
    await bring(one, 300);
    expect(one.events()).toContain('volume.uncounted');
  });
});

describe('a sink is paused', () => {
  it('never by an honest burst of 3,000 bookings in a minute, whatever is usual', async () => {
    const one = desk({ usual: 3 });
    await bring(one, 3000);
    expect(one.pauses).toEqual([]);
    // What is usual costs a query: it is asked for only above the least that can be abnormal.
    expect(one.state.usualAsked).toBe(0);
  });

  it('for its company, with the figures, once, and somebody is called', async () => {
    const one = desk({ usual: 400 });
    await bring(one, 6000);
    expect(one.pauses).toMatchObject([{ id: 'crm', company: 'harbor-kayaks', by: 'volume breaker' }]);
    expect(one.pauses[0]?.reason).toMatch(/^5\d{3} bookings .* was 400$/);
    expect(one.counts.VolumeAbnormal).toBe(1);
    expect(one.state.abnormal).toEqual(['harbor-kayaks 2026-11-21T12']);
  });

  it('not where ten times the usual is more', async () => {
    const one = desk({ usual: 700 });
    await bring(one, 6900);
    expect(one.pauses).toEqual([]);
    await bring(one, 800);
    expect(one.pauses).toHaveLength(1);
  });

  it('not for what two companies, or two hours, make together', async () => {
    const one = desk();
    await bring(one, 3000, 60_000, 'harbor-kayaks');
    await bring(one, 3000, 60_000, 'umi-tours');
    clock = START + HOUR;
    await bring(one, 3000, 60_000, 'harbor-kayaks');
    expect(one.pauses).toEqual([]);
  });

  it('not in the hour after a person resumed it', async () => {
    const one = desk();
    one.gate.allowances = [{ sink: 'crm', until: new Date(START + HOUR).toISOString() }];
    await bring(one, 8000, HOUR - 1);
    expect(one.pauses).toEqual([]);
    clock = START + HOUR;
    await bring(one, 6000);
    expect(one.pauses).toHaveLength(1);
  });

  it('not by what waited while its vendor was down', async () => {
    const one = desk();
    const circuit = opened('crm', 'harbor-kayaks', { code: 'vendor.timeout', waitSeconds: undefined }, START - HOUR);
    one.gate.circuits = [closed(circuit, START)];
    await bring(one, 6000);
    expect(one.pauses).toEqual([]);
  });

  it('not for another sink’s allowance', async () => {
    const one = desk();
    one.gate.allowances = [{ sink: 'marketing', until: new Date(START + HOUR).toISOString() }];
    await bring(one, 6000);
    expect(one.pauses).toHaveLength(1);
  });
});
