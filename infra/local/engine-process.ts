import { buildApp } from 'fauxqs';
import { type DynamoDbEngine, startDynamoDb } from './dynamodb.ts';
import { LOCAL_REGION } from './intrinsics.ts';
import { behaveAsSqs } from './sqs-fidelity.ts';

/** First thing this process tells its parent. */
export type EngineReport = { readonly sqsUrl: string; readonly dynamoDbUrl: string } | { readonly failure: string };

// SQS has a process of its own, so that a busy gateway or poller never delays a queue. It also minds the DynamoDB
// engine, which as a foreign program could not notice that we are gone: when the parent ends, however it ends, the
// channel to it closes, and both engines end.
const engine = process.argv[2] === '' ? undefined : (process.argv[2] as DynamoDbEngine | undefined);
const app = buildApp({ logger: false, defaultRegion: LOCAL_REGION });

// Ctrl-C reaches the whole process group; the parent says when to stop.
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, () => undefined);

const dynamoDb = startDynamoDb(engine);
process.on('disconnect', () => {
  dynamoDb
    .then((running) => running.stop())
    .catch(() => undefined)
    .finally(() => process.exit(0));
});

try {
  await behaveAsSqs();
  // The library's own start function listens on every interface; this one must be reachable from here only.
  const [sqsUrl, { url }] = await Promise.all([app.listen({ host: '127.0.0.1', port: 0 }), dynamoDb]);
  process.send?.({ sqsUrl, dynamoDbUrl: url } satisfies EngineReport);
} catch (error) {
  process.send?.({ failure: error instanceof Error ? error.message : String(error) } satisfies EngineReport, () =>
    process.exit(1),
  );
}
