import type { Route, VendorReply, VendorRequest } from '../server.ts';
import { type Audience, findContact } from './audience.ts';
import type { Contact } from './contact.ts';
import type { WriteRules } from './member-write.ts';
import { notFound, Refused } from './problem.ts';
import { checkRequest, type OperationName, routeOf } from './request-rules.ts';

/** What the routes share: the audiences and the account's way of answering. */
export interface Account {
  readonly audiences: ReadonlyMap<string, Audience>;
  readonly throttled: ReadonlySet<string>;
  readonly journeys: ReadonlySet<string>;
}

/** A request that passed the document's rules, with the audience its path names. */
export interface Checked {
  readonly request: VendorRequest;
  readonly body: unknown;
  readonly audience: Audience;
}

/** Builds a route of an operation: the audience is looked up, the request checked, a refusal becomes its reply. */
export function route(
  account: Account,
  name: OperationName,
  handle: (checked: Checked) => VendorReply | Promise<VendorReply>,
): Route {
  return {
    name,
    ...routeOf(name),
    handle: async (request) => {
      try {
        const audience = account.audiences.get(request.params.listId ?? '');
        if (audience === undefined) throw notFound();
        // A wrong shape of tags is not refused by Mailchimp: the tags route deals with it.
        const body = name === 'tags.post' ? request.json() : checkRequest(name, request);
        return await handle({ request, body, audience });
      } catch (error) {
        if (error instanceof Refused) return error.reply;
        throw error;
      }
    },
  };
}

/** @throws Refused with 404 where the path's id is nobody's. */
export function requireContact({ request, audience }: Checked): Contact {
  const contact = findContact(audience, request.params.subscriberHash ?? '');
  if (contact === undefined) throw notFound();
  return contact;
}

export function writeRules(account: Account, operation: OperationName, request: VendorRequest): WriteRules {
  return {
    operation,
    skipMergeValidation: request.query.get('skip_merge_validation') === 'true',
    throttled: account.throttled,
    journeys: account.journeys,
  };
}
