import middy, { type MiddlewareObj } from '@middy/core';
import type { Context } from 'aws-lambda';
import { errorFacts, type Log } from './logger.ts';

/**
 * Lambda prints whatever error leaves a handler, message and all, and a foreign error's message may quote what it
 * was given. So the error is logged here as far as it may be, and what leaves says only where to look.
 */
function guardErrors<Event, Result>(log: Log): MiddlewareObj<Event, Result> {
  return {
    onError: (request) => {
      log.error('invocation.failed', { requestId: request.context.awsRequestId, ...errorFacts(request.error) });
      request.error = new Error('the invocation failed: see invocation.failed in the log');
      request.error.stack = '';
    },
  };
}

/** Composes a Lambda handler: every function's handler is made by this. */
export function compose<Event, Result>(log: Log, handle: (event: Event, context: Context) => Promise<Result>) {
  return middy<Event, Result>().use(guardErrors<Event, Result>(log)).handler(handle);
}
