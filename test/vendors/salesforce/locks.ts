import { Refusal } from './errors.ts';

/** What one request holds until it is answered. */
export interface Flight {
  readonly held: Set<string>;
}

/**
 * Row locks and the keys of records being created. In a real org a second request waits some seconds for a lock and
 * then fails; here it fails at once, so that a caller who does not serialise is found out on a fast machine too.
 */
export class Locks {
  readonly #strict: boolean;
  readonly #holders = new Map<string, Flight>();

  constructor(strict: boolean) {
    this.#strict = strict;
  }

  /** @throws Refusal UNABLE_TO_LOCK_ROW when another request in flight works on the record or on a child of it. */
  claimRow(flight: Flight, id: string): void {
    if (this.#claim(flight, `row ${id}`)) return;
    const message = `unable to obtain exclusive access to this record or 1 records: ${id}`;
    throw new Refusal(400, 'UNABLE_TO_LOCK_ROW', message, { fields: [] });
  }

  /** @throws Refusal DUPLICATE_VALUE when another request in flight creates a record with this key. */
  claimKey(flight: Flight, field: string, key: string): void {
    if (!this.#claim(flight, keyLock(field, key))) throw duplicate(field);
  }

  /** @throws Refusal DUPLICATE_VALUE when another request in flight creates a record with this key; claims nothing. */
  requireFreeKey(flight: Flight, field: string, key: string): void {
    const holder = this.#holders.get(keyLock(field, key));
    if (holder !== undefined && holder !== flight) throw duplicate(field);
  }

  /** The request is answered: others may have what it held. */
  release(flight: Flight): void {
    for (const key of flight.held) this.#holders.delete(key);
    flight.held.clear();
  }

  clear(): void {
    this.#holders.clear();
  }

  #claim(flight: Flight, key: string): boolean {
    if (!this.#strict) return true;
    const holder = this.#holders.get(key);
    if (holder !== undefined && holder !== flight) return false;
    this.#holders.set(key, flight);
    flight.held.add(key);
    return true;
  }
}

function keyLock(field: string, key: string): string {
  return `key ${field} ${key}`;
}

function duplicate(field: string): Refusal {
  const message = `duplicate value found: ${field} duplicates value on record with id: <unknown>`;
  return new Refusal(400, 'DUPLICATE_VALUE', message, { fields: [] });
}
