import { createHash, timingSafeEqual } from 'node:crypto';
import type { Route, Vendor, VendorReply, VendorRequest } from '../server.ts';
import type { Account } from './account.ts';
import { accountState } from './account-state.ts';
import { activityRoutes } from './activity-routes.ts';
import { type Audience, findContact, type MergeFieldSet, newAudience } from './audience.ts';
import { audienceRoutes } from './audience-routes.ts';
import { bulkRoute } from './bulk-route.ts';
import type { Contact } from './contact.ts';
import { type ContactHappening, contactRoute, happen, seedContact } from './contact-happenings.ts';
import { memberRoutes } from './member-routes.ts';
import { problem } from './problem.ts';
import { routeOf } from './request-rules.ts';

export interface MailchimpOptions {
  /** Accepted as the password of Basic auth (any user name) or as a bearer token. */
  readonly apiKey?: string;
  /** The audience the typed helpers speak of unless told another. */
  readonly audienceId?: string;
  readonly doubleOptIn?: boolean;
  /** `mailchimp` starts with only the merge fields Mailchimp creates itself. */
  readonly mergeFields?: MergeFieldSet;
  /** Further audiences of the same account, such as those of other companies. */
  readonly otherAudiences?: readonly { readonly id: string; readonly doubleOptIn?: boolean }[];
  /** Addresses refused because they signed up to many lists of late. */
  readonly throttled?: readonly string[];
  /** Event or tag names that begin an automation, so that a test can count them. */
  readonly journeys?: readonly string[];
  /** Signs the webhooks sent; without it they go unsigned, as old ones do. */
  readonly webhookSigningSecret?: string;
  /** Requests answered at the same time before 429; null lifts the limit. Only felt with a latency. */
  readonly simultaneous?: number | null;
  /** How long each answer takes, milliseconds. */
  readonly latencyMs?: number;
}

export interface Mailchimp extends Vendor {
  /** A contact by address, from the default audience unless told another. */
  contact(email: string, audienceId?: string): Contact | undefined;
  audience(audienceId?: string): Audience;
  /** Puts a contact there as if it had come another way: a form, an import, another integration. */
  seed(email: string, contact?: Partial<Pick<Contact, 'status' | 'mergeValues'>>, audienceId?: string): Contact;
  /** Something that happens on Mailchimp's side: a guest unsubscribes, an address bounces, … */
  happen(happening: ContactHappening, audienceId?: string): void;
  /** The most requests that were open at one moment, the refused one among them, since the last reset. */
  readonly mostSimultaneous: number;
  /** Resolves when every webhook sent so far was answered or given up. */
  webhooksAnswered(): Promise<void>;
}

/** The stand-in of the Mailchimp Marketing API, all paths under `/3.0`. */
export function createMailchimp(options: MailchimpOptions = {}): Mailchimp {
  const { apiKey = 'local-key-us1', audienceId = 'audience01', latencyMs = 0, simultaneous = 10 } = options;
  const audiences = new Map<string, Audience>();
  const account: Account = {
    audiences,
    throttled: new Set(options.throttled?.map((email) => email.toLowerCase())),
    journeys: new Set(options.journeys),
  };
  const connections: Connections = { open: 0, most: 0 };
  const reset = (): void => {
    const fields = options.mergeFields ?? 'harborlight';
    audiences.clear();
    connections.most = 0;
    const start = { fields, signingSecret: options.webhookSigningSecret };
    audiences.set(audienceId, newAudience(audienceId, { ...start, doubleOptIn: options.doubleOptIn ?? false }));
    for (const { id, doubleOptIn } of options.otherAudiences ?? []) {
      audiences.set(id, newAudience(id, { ...start, doubleOptIn: doubleOptIn ?? false }));
    }
  };
  reset();
  const audience = (id = audienceId): Audience => {
    const found = audiences.get(id);
    if (found === undefined) throw new Error(`the stand-in has no audience ${id}`);
    return found;
  };
  const api = [pingRoute(), ...memberRoutes(account), ...activityRoutes(account), bulkRoute(account)];
  const routes = [...api, ...audienceRoutes(account)].map(limited(connections, simultaneous, latencyMs));
  return {
    name: 'mailchimp',
    routes: [...routes, contactRoute(audience)],
    state: () => accountState(audience(), [...audiences.values()].slice(1)),
    reset,
    notFound: () => problem(404, 'Resource Not Found', 'The requested resource could not be found.'),
    before: (request, { name }) => (name === 'contacts' ? undefined : authenticate(request, apiKey)),
    audience,
    contact: (email, id) => findContact(audience(id), email),
    seed: (email, contact, id) => seedContact(audience(id), email, contact),
    happen: (happening, id) => happen(audience(id), happening),
    get mostSimultaneous() {
      return connections.most;
    },
    webhooksAnswered: async () => {
      await Promise.all([...audiences.values()].flatMap(({ outbox }) => [...outbox.pending]));
    },
  };
}

function pingRoute(): Route {
  const handle = (): VendorReply => ({ status: 200, body: { health_status: "Everything's Chimpy!" } });
  return { name: 'ping', ...routeOf('ping'), handle };
}

interface Connections {
  open: number;
  most: number;
}

/** Mailchimp answers ten requests of a user at once and refuses the eleventh with 429, without rate headers. */
function limited(connections: Connections, simultaneous: number | null, latencyMs: number): (route: Route) => Route {
  return (route) => ({
    ...route,
    handle: async (request) => {
      connections.most = Math.max(connections.most, connections.open + 1);
      if (simultaneous !== null && connections.open >= simultaneous) {
        return problem(
          429,
          'Too Many Requests',
          `You have exceeded the limit of ${simultaneous} simultaneous connections.`,
        );
      }
      connections.open += 1;
      try {
        if (latencyMs > 0) await new Promise((done) => setTimeout(done, latencyMs).unref());
        return await route.handle(request);
      } finally {
        connections.open -= 1;
      }
    },
  });
}

function authenticate({ headers }: VendorRequest, apiKey: string): VendorReply | undefined {
  const [scheme = '', credential = ''] = (headers.authorization ?? '').split(' ');
  if (credential === '') return problem(401, 'API Key Missing', 'Your request did not include an API key.');
  const isBasic = scheme.toLowerCase() === 'basic';
  const decoded = isBasic ? Buffer.from(credential, 'base64').toString('utf8') : credential;
  const key = isBasic ? decoded.slice(decoded.indexOf(':') + 1) : decoded;
  if ((isBasic || scheme.toLowerCase() === 'bearer') && same(key, apiKey)) return undefined;
  return problem(
    401,
    'API Key Invalid',
    "Your API key may be invalid, or you've attempted to access the wrong datacenter.",
  );
}

function same(given: string, expected: string): boolean {
  const digest = (text: string): Buffer => createHash('sha256').update(text).digest();
  return timingSafeEqual(digest(given), digest(expected));
}
