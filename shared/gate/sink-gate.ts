import type { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import type { SQSClient } from '@aws-sdk/client-sqs';
import type { Consumer } from '../fifo/consumer.ts';
import type { Log, Meter } from '../observability/logger.ts';
import type { SinkName } from '../records/booking-record.ts';
import type { Settings } from '../settings/settings.ts';
import { circuitsTable } from './circuit/circuits.ts';
import type { VendorCodes } from './circuit/verdict.ts';
import { readGate } from './gate.ts';
import { UNTRIED } from './gate-items.ts';
import { gated } from './gated.ts';
import { pauseUnlessPaused } from './pause/pauses.ts';
import { sendAgain, steppingAside } from './step-aside.ts';
import { watchVolume } from './volume/volume-breaker.ts';
import { volumesTable } from './volume/volumes.ts';

/** What a sink's Lambda function has for its gate. */
export interface SinkGate {
  readonly sink: SinkName;
  readonly dynamo: DynamoDBClient;
  readonly sqs: SQSClient;
  readonly operationsTable: string;
  readonly settings: Settings;
  readonly codes: VendorCodes;
  /** How many answers the vendor has given in this execution environment. */
  readonly answers: () => number;
  readonly log: Log;
  readonly meter: Meter;
}

/** A sink's consumer with all that may stop it: a person's pause, the circuit, and the volume breaker. */
export function behindGate(consumer: Consumer, deps: SinkGate): Consumer {
  const { sink, dynamo, operationsTable, settings, codes, answers, log, meter } = deps;
  const now = () => new Date();
  const gate = () => readGate(dynamo, operationsTable, sink);
  const watched = watchVolume(consumer, {
    sink,
    ruleOf: (company) => settings.companies[company]?.volume,
    volumes: volumesTable(dynamo, operationsTable),
    readGate: gate,
    pause: (pause) => pauseUnlessPaused(dynamo, operationsTable, pause),
    answers,
    log,
    meter,
    now,
  });
  const circuits = circuitsTable(dynamo, operationsTable);
  return steppingAside(gated(watched, { sink, readGate: gate, circuits, codes, answers, log, now }), {
    sendAgain: sendAgain(deps.sqs, consumer.queueUrl),
    untried: new Set([...Object.values(UNTRIED), ...codes.heldBack]),
    log,
  });
}
