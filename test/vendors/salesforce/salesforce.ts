import type { Vendor, VendorReply, VendorRequest } from '../server.ts';
import type { Sessions } from './auth.ts';
import { answerComposite } from './composite.ts';
import { DayCalls } from './day-calls.ts';
import { notFound, Refusal } from './errors.ts';
import { type Field, OBJECTS, type ObjectName } from './field.ts';
import { answerGraphs } from './graph.ts';
import type { Sent } from './incoming.ts';
import { beginOperation, createOrg, type Org, showMore } from './org.ts';
import type { Operation } from './records.ts';
import { mayWrite, NEWEST_VERSION, readJson, readVersion, versions } from './request.ts';
import { answerResource, type ResourceReply } from './resources.ts';
import { orgOptionsOf, type SalesforceOptions, sessionsFor } from './salesforce-options.ts';
import { alterField, hideField, type ObjectSchema } from './schema.ts';
import { administer } from './setup/administration.ts';
import { administrationRoutes } from './setup/administration-routes.ts';
import { SetUp } from './setup/set-up.ts';
import type { HistoryEntry, Row, Values } from './store.ts';

export type { SalesforceOptions } from './salesforce-options.ts';

/** The stand-in, with what tests need beside HTTP. */
export interface Salesforce extends Vendor {
  state(): Record<ObjectName, Values[]>;
  /** Records that are not deleted, oldest first, as copies. */
  records(object: ObjectName): Values[];
  /** Puts a record there as if it had always been; also takes fields only the org sets, such as IsConverted. Gives its id. */
  insert(object: ObjectName, fields: Sent): string;
  /** Every session ends now: the next call with an old token gets 401. */
  revokeSessions(): void;
  /** Takes a field such as `Contact.AI_Segment__c` out of the user's sight, until the next reset. */
  hideField(path: string): void;
  /** Deletes a custom field such as `Contact.AI_Segment__c`, until the next reset. */
  removeField(path: string): void;
  /** Makes a field such as `Contact.AI_Segment__c` other than our metadata does, until the next reset. */
  alterField(path: string, change: Partial<Omit<Field, 'name'>>): void;
  setRequestLimit(calls: number): void;
  /** Other programs of the operator's make so many calls. */
  useCalls(calls: number): void;
  /** Committed writes of callers, in order; what `insert` put there is not among them. */
  readonly history: readonly HistoryEntry[];
  /** API calls counted today; a composite counts once. */
  readonly usage: number;
  /** Tokens handed out within the last hour. */
  readonly logins: number;
}

/** The Metadata API has its session in its envelope. */
const BEFORE_AUTH: ReadonlySet<string> = new Set(['token', 'versions', 'metadata']);

/** Route name, method and path below the version. */
const RESOURCES = [
  ['collections.create', 'POST', 'composite/sobjects'],
  ['collections.update', 'PATCH', 'composite/sobjects'],
  ['collections.upsert', 'PATCH', 'composite/sobjects/:object/:field'],
  ['query', 'GET', 'query'],
  ['sobjects', 'GET', 'sobjects'],
  ['describe', 'GET', 'sobjects/:object/describe'],
  ['sobject.create', 'POST', 'sobjects/:object'],
  ['sobject.get', 'GET', 'sobjects/:object/:id'],
  ['sobject.update', 'PATCH', 'sobjects/:object/:id'],
  ['sobject.delete', 'DELETE', 'sobjects/:object/:id'],
  ['sobject.getByKey', 'GET', 'sobjects/:object/:field/:value'],
  ['sobject.upsert', 'PATCH', 'sobjects/:object/:field/:value'],
  ['sobject.deleteByKey', 'DELETE', 'sobjects/:object/:field/:value'],
] as const;

/** A strict, stateful stand-in of one Salesforce org, with the custom fields of infra/salesforce. */
export function createSalesforce(options: SalesforceOptions = {}): Salesforce {
  return new SalesforceVendor(options);
}

class SalesforceVendor implements Salesforce {
  readonly name = 'salesforce';
  readonly routes: Vendor['routes'];
  readonly #options: SalesforceOptions;
  readonly #sessions: Sessions;
  #setUp: SetUp;
  #org: Org;
  readonly #calls: DayCalls;

  constructor(options: SalesforceOptions) {
    this.#options = options;
    this.#calls = new DayCalls(options.requestLimit);
    this.#setUp = new SetUp(options.setUp ?? 'complete');
    this.#org = this.#newOrg();
    this.#sessions = sessionsFor(options);
    this.routes = this.#routes();
  }

  get history(): readonly HistoryEntry[] {
    return this.#org.store.history;
  }

  get usage(): number {
    return this.#calls.used;
  }

  get logins(): number {
    return this.#sessions.logins;
  }

  state(): Record<ObjectName, Values[]> {
    const [account, contact, opportunity, kase, lead] = OBJECTS;
    return {
      [account]: this.records(account),
      [contact]: this.records(contact),
      [opportunity]: this.records(opportunity),
      [kase]: this.records(kase),
      [lead]: this.records(lead),
    };
  }

  records(object: ObjectName): Values[] {
    return [...this.#org.store.all(object)].map(readable);
  }

  insert(object: ObjectName, fields: Sent): string {
    const { Id, ...rest } = fields;
    const operation = beginOperation(this.#org, NEWEST_VERSION, {});
    const id = typeof Id === 'string' ? Id : undefined;
    try {
      return this.#org.records.create(operation, this.#org.schema[object], rest, 'import', id).id;
    } finally {
      this.#org.locks.release(operation.flight);
    }
  }

  revokeSessions(): void {
    this.#sessions.revoke();
  }

  hideField(path: string): void {
    hideIn(this.#org, path);
  }

  removeField(path: string): void {
    hideIn(this.#org, path);
    this.#setUp.fields.delete(path);
  }

  alterField(path: string, change: Partial<Omit<Field, 'name'>>): void {
    const [object, name] = located(this.#org, path);
    alterField(object, name, change);
  }

  setRequestLimit(calls: number): void {
    this.#calls.limit = calls;
  }

  useCalls(calls: number): void {
    this.#calls.used += calls;
  }

  /** Forgets records, counters and hidden fields; sessions stand, as they do not live in the records. */
  reset(): void {
    this.#setUp = new SetUp(this.#options.setUp ?? 'complete');
    this.#org = this.#newOrg();
    this.#calls.reset();
    this.#sessions.forgetLogins();
  }

  notFound(): VendorReply {
    return { status: 404, body: [notFound().error] };
  }

  before(request: VendorRequest, route: { readonly name: string }): VendorReply | undefined {
    if (BEFORE_AUTH.has(route.name)) return undefined;
    if (!this.#sessions.holds(request)) {
      return { status: 401, body: [{ message: 'Session expired or invalid', errorCode: 'INVALID_SESSION_ID' }] };
    }
    return this.#calls.count();
  }

  /** Shows the sync's user what the org's set-up has opened since. */
  #showMore(): void {
    showMore(this.#org, orgOptionsOf(this.#options), this.#setUp.visible());
  }

  #newOrg(): Org {
    const org = createOrg(orgOptionsOf(this.#options), this.#setUp.visible());
    for (const path of this.#options.hiddenFields ?? []) hideIn(org, path);
    return org;
  }

  #routes(): Vendor['routes'] {
    const data = '/services/data/:version';
    const resource = (name: string, method: string, path: string): Vendor['routes'][number] => ({
      name,
      method,
      pattern: `${data}/${path}`,
      handle: (request) =>
        this.#serve(request, (operation, body) => {
          const [, , , ...segments] = request.path.split('/').filter(Boolean).map(decodeURIComponent);
          const call = { method, segments, query: request.query, body };
          const administered = administer(this.#setUp, this.#sessions.userOf(request) === 'admin', call);
          if (administered === undefined) return answerResource(this.#org, operation, call);
          this.#showMore();
          return administered;
        }),
    });
    const token = (request: VendorRequest): VendorReply => this.#sessions.token(request);
    return [
      { name: 'token', method: 'POST', pattern: '/services/oauth2/token', handle: token },
      { name: 'versions', method: 'GET', pattern: '/services/data', handle: () => ({ status: 200, body: versions() }) },
      {
        name: 'limits',
        method: 'GET',
        pattern: `${data}/limits`,
        handle: () => this.#calls.said(this.#calls.limits()),
      },
      {
        name: 'composite',
        method: 'POST',
        pattern: `${data}/composite`,
        handle: (request) => this.#serve(request, (operation, body) => answerComposite(this.#org, operation, body)),
      },
      {
        name: 'graph',
        method: 'POST',
        pattern: `${data}/composite/graph`,
        handle: (request) => this.#serve(request, (operation, body) => answerGraphs(this.#org, operation, body)),
      },
      ...administrationRoutes({ sessions: this.#sessions, setUp: () => this.#setUp, changed: () => this.#showMore() }),
      ...RESOURCES.map(([name, method, path]) => resource(name, method, path)),
    ];
  }

  async #serve(
    request: VendorRequest,
    work: (operation: Operation, body: unknown) => ResourceReply,
  ): Promise<VendorReply> {
    const org = this.#org;
    const strict = this.#options.strictLocks === true && mayWrite(request);
    const workMs = this.#options.workMs ?? 20;
    // A real request takes its time before others see what it writes, and keeps its locks until it has answered.
    if (strict) await pause(workMs);
    let operation: Operation | undefined;
    try {
      operation = beginOperation(org, readVersion(request), request.headers);
      const reply = work(operation, readJson(request));
      org.store.commit(operation.transaction);
      if (strict) await pause(workMs);
      return this.#calls.said(reply);
    } catch (error) {
      if (!(error instanceof Refusal)) throw error;
      return this.#calls.said({ status: error.status, body: [error.error] });
    } finally {
      if (operation !== undefined) org.locks.release(operation.flight);
    }
  }
}

function hideIn(org: Org, path: string): void {
  const [object, name] = located(org, path);
  hideField(object, name);
}

/** The object and the field's name in a path such as `Contact.AI_Segment__c`. */
function located(org: Org, path: string): [ObjectSchema, string] {
  const [object = '', name = ''] = path.split('.');
  const found = OBJECTS.find((one) => one === object);
  if (found === undefined) throw new Error(`${path} names no object of this org`);
  return [org.schema[found], name];
}

function readable(row: Row): Values {
  const { IsDeleted: _, CreatedDate: __, LastModifiedDate: ___, ...values } = row.values;
  return values;
}

function pause(ms: number): Promise<void> {
  return new Promise((done) => setTimeout(done, ms).unref());
}
