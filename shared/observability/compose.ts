import middy, { type MiddlewareObj } from '@middy/core';
import type { Context } from 'aws-lambda';
import { correlated } from './correlation.ts';
import type { InvocationMeter } from './lambda-meter.ts';
import { errorFacts, type Log } from './logger.ts';
import { type RunTeller, runTeller } from './run-teller.ts';

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

/**
 * Composes a Lambda handler: every function's handler is made by this. What an invocation counts is emitted at its end,
 * however it ends, and how it ran is told; its lines are correlated by its own id where nothing better is known.
 */
export function compose<Event, Result>(
  { log, meter }: { readonly log: Log; readonly meter: Pick<InvocationMeter, 'flush'> },
  handle: (event: Event, context: Context) => Promise<Result>,
  begin: RunTeller = runTeller(log),
) {
  return middy<Event, Result>()
    .use(guardErrors<Event, Result>(log))
    .handler((event, context) =>
      correlated(context.awsRequestId, async () => {
        const tell = begin(context);
        try {
          return await handle(event, context);
        } finally {
          tell();
          meter.flush();
        }
      }),
    );
}
