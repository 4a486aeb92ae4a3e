import type { Duration } from 'aws-cdk-lib';
import { Rule, Schedule } from 'aws-cdk-lib/aws-events';
import { LambdaFunction } from 'aws-cdk-lib/aws-events-targets';
import { acknowledge } from './nag.ts';
import type { NodeFunction } from './node-function.ts';

/** Runs a function again and again. One run that fails is not repeated: the next one does its work as well. */
export function runEvery(target: NodeFunction, interval: Duration): void {
  const rule = new Rule(target, 'Schedule', {
    schedule: Schedule.rate(interval),
    targets: [new LambdaFunction(target.function, { retryAttempts: 0 })],
  });
  acknowledge(rule, {
    'Serverless-EventBusDLQ': 'A call that gets lost carries nothing: the next one does its work as well',
  });
}
