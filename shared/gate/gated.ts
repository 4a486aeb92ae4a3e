import type { SQSRecord } from 'aws-lambda';
import { RetryableError } from '../errors/errors.ts';
import type { Consumer } from '../fifo/consumer.ts';
import { hintSchema } from '../fifo/hint.ts';
import { errorFacts, type Log } from '../observability/logger.ts';
import type { SinkName } from '../records/booking-record.ts';
import { type Circuit, closed, type Failure, isOpen, opened, probing, reopened, stillOpen } from './circuit/circuit.ts';
import type { Circuits } from './circuit/circuits.ts';
import { type Streaks, streaks } from './circuit/streaks.ts';
import { type VendorCodes, type Verdict, verdictOf } from './circuit/verdict.ts';
import { circuitOf, type Gate, pauseOf } from './gate.ts';
import { UNTRIED } from './gate-items.ts';
import { type TrustedGate, trusted } from './trusted.ts';

export interface GateDeps {
  readonly sink: SinkName;
  /** Reads what stands between the sink and its vendor. */
  readonly readGate: () => Promise<Gate>;
  readonly circuits: Circuits;
  readonly codes: VendorCodes;
  /** How many answers the vendor has given in this execution environment. */
  readonly answers: () => number;
  readonly log: Log;
  readonly now: () => Date;
}

/** How long a message that came during a pause stays hidden: a person who resumes waits no longer than a minute. */
const PAUSED_SECONDS = 30;
/** While somebody probes: whether the vendor is back is known in a moment. */
const PROBED_SECONDS = 5;
/** While the circuit is open: its end is noticed within a minute. */
const LONGEST_OPEN_SECONDS = 60;
/** After a refusal that opened the circuit. */
const REFUSED_SECONDS = 30;

/**
 * A sink's consumer behind its gate. While the sink is paused, or the circuit to its vendor is open, nothing is done
 * and nothing parked: messages go back to the queue for as long as it lasts. A vendor that is down, or refuses us
 * altogether, opens the circuit; it closes by itself when a probe, one at a time over all environments, is answered.
 * While all is well this costs one query each ten seconds.
 */
export function gated(consumer: Consumer, deps: GateDeps): Consumer {
  const gate = trusted(deps.readGate, deps.now);
  const failures = streaks();
  const now = () => deps.now().getTime();

  /** The circuit as one's own for one message; undefined while it is not due, or somebody else's. */
  const claimProbe = async (circuit: Circuit): Promise<Circuit | undefined> => {
    if (now() < circuit.probeAt) return undefined;
    const probe = probing(circuit, now());
    gate.forget();
    return (await deps.circuits.replace(circuit, probe)) ? probe : undefined;
  };

  return {
    ...consumer,
    async handle(message) {
      const company = companyOf(message);
      const state = await gate.look();
      const pause = pauseOf(state, deps.sink, company);
      if (pause !== undefined) {
        const why = `${pause.id} is paused since ${pause.since}`;
        throw new RetryableError(UNTRIED.paused, why, { waitSeconds: PAUSED_SECONDS });
      }
      const circuit = circuitOf(state, deps.sink, company);
      const stands = circuit !== undefined && isOpen(circuit, now());
      const probe = stands ? await claimProbe(circuit) : undefined;
      if (stands && probe === undefined) {
        const why = `${deps.sink} is left alone since ${circuit.since}: ${circuit.code}`;
        throw new RetryableError(UNTRIED.open, why, { waitSeconds: secondsUntilLook(circuit, now()) });
      }
      const { error, verdict } = await attempt(message, consumer, deps);
      await noteVerdict(verdict, { message, company, probe, gate, failures }, deps);
      if (error !== undefined) throw endOf(error, verdict, deps);
    },
  };
}

function secondsUntilLook({ state, probeAt }: Circuit, now: number): number {
  if (state === 'probing' || probeAt <= now) return PROBED_SECONDS;
  return Math.min(Math.ceil((probeAt - now) / 1000), LONGEST_OPEN_SECONDS);
}

/** Whose booking it is; a hint that cannot be read is for the consumer to complain of. */
function companyOf({ body }: SQSRecord): string {
  return hintSchema.parse(JSON.parse(body)).company;
}

async function attempt(message: SQSRecord, consumer: Consumer, { answers, codes }: GateDeps) {
  const before = answers();
  let error: unknown;
  try {
    await consumer.handle(message);
  } catch (thrown) {
    error = thrown;
  }
  return { error, verdict: verdictOf(error, answers() > before, codes) };
}

interface Tried {
  readonly message: SQSRecord;
  readonly company: string;
  /** The circuit, where this was its probe. */
  readonly probe: Circuit | undefined;
  readonly gate: TrustedGate;
  readonly failures: Streaks;
}

/** Opens or closes the circuit where this says so. What cannot be noted is noted by the next one. */
async function noteVerdict(verdict: Verdict, tried: Tried, deps: GateDeps): Promise<void> {
  const { message, company, probe, gate, failures } = tried;
  const failed = verdict.kind === 'down' || verdict.kind === 'refused';
  if (verdict.kind === 'answered') failures.answered(company);
  const enough = failed && (failures.failed(company, groupOf(message)) || verdict.kind === 'refused');
  // Others may have found out more by now.
  if (failed) gate.forget();
  try {
    if (probe !== undefined) await noteProbe(verdict, probe, deps);
    else if (failed && enough) await open(verdict.failure, company, gate, deps);
  } catch (error) {
    deps.log.warn('circuit.unnoted', { sink: deps.sink, company, ...errorFacts(error) });
  }
}

async function noteProbe(verdict: Verdict, probe: Circuit, { circuits, log, now }: GateDeps): Promise<void> {
  const at = now().getTime();
  const { sink, company, code } = probe;
  if (verdict.kind === 'nothing') return void (await circuits.replace(probe, stillOpen(probe, at)));
  if (verdict.kind !== 'answered') return void (await circuits.replace(probe, reopened(probe, verdict.failure, at)));
  if (await circuits.replace(probe, closed(probe, at))) log.info('circuit.closed', { sink, company, code });
}

async function open(failure: Failure, company: string, gate: TrustedGate, deps: GateDeps): Promise<void> {
  const { sink, circuits, log, now } = deps;
  const at = now().getTime();
  const seen = circuitOf(await gate.look(), sink, company);
  if (seen !== undefined && isOpen(seen, at)) return;
  const done = await circuits.replace(seen, opened(sink, company, failure, at));
  gate.forget();
  if (done) log.error('circuit.opened', { sink, company, code: failure.code });
}

/** What a message ends with that failed: where the vendor refuses us altogether, no reason to park it. */
function endOf(error: unknown, verdict: Verdict, { sink }: GateDeps): unknown {
  if (verdict.kind !== 'refused') return error;
  const { code } = verdict.failure;
  const waitSeconds = REFUSED_SECONDS;
  return new RetryableError(code, `${sink} refuses everything: ${code}`, { waitSeconds, cause: error });
}

function groupOf({ attributes }: SQSRecord): string {
  return attributes.MessageGroupId ?? '';
}
