import type { SQSRecord } from 'aws-lambda';
import { describe, expect, it } from 'vitest';
import { PermanentError, RetryableError } from '../../../shared/errors/errors.ts';
import { steppingAside, type Tries } from '../../../shared/gate/step-aside.ts';
import { endOf, hint, NOT_TRIED } from './circuit-desk.ts';
import { listening } from './quiet.ts';

/** A message that a copy of another one is. */
function copy({ tries, waitSeconds }: Tries, receives: number): SQSRecord {
  const text = (value: number) => ({ dataType: 'String', stringValue: String(value) });
  return { ...hint(1, receives), messageAttributes: { tries: text(tries), waitSeconds: text(waitSeconds) } };
}

function desk(error?: Error) {
  const sent: Tries[] = [];
  let handled = 0;
  const inner = {
    queueUrl: 'queue',
    worstCaseMs: 1000,
    handle: async () => {
      handled += 1;
      if (error !== undefined) throw error;
    },
    park: async () => {},
  };
  const { log } = listening();
  const sendAgain = async (_: SQSRecord, tries: Tries) => void sent.push(tries);
  return { sent, inner, log, handled: () => handled, ...steppingAside(inner, { sendAgain, untried: NOT_TRIED, log }) };
}

const busy = new RetryableError('vendor.unavailable', 'not now');

describe('a message that fails', () => {
  it('comes again itself after the first time, and steps aside at the second', async () => {
    const { handle, sent } = desk(busy);
    expect(await endOf(handle(hint(1, 1)))).toBe(busy);
    expect(sent).toEqual([]);
    await handle(hint(1, 2));
    expect(sent).toEqual([{ tries: 2, waitSeconds: 4 }]);
  });

  it('waits as a copy once, untried, and then twice as long each time', async () => {
    const { handle, sent, handled } = desk(busy);
    let tries: Tries = { tries: 2, waitSeconds: 4 };
    for (const waitSeconds of [4, 8, 16, 32, 64, 128, 256, 300, 300]) {
      expect(await endOf(handle(copy(tries, 1)))).toMatchObject({ code: 'message.waits', waitSeconds });
      await handle(copy(tries, 2));
      tries = sent.at(-1) ?? tries;
    }
    expect(handled()).toBe(9);
    expect(tries.tries).toBe(11);
  });

  it('waits as long as the vendor asked', async () => {
    const { handle, sent } = desk(new RetryableError('vendor.busy', 'later', { waitSeconds: 120 }));
    await handle(hint(1, 2));
    expect(sent).toEqual([{ tries: 2, waitSeconds: 120 }]);
  });

  it('for good is parked at once, by the policy of all consumers', async () => {
    const refused = new PermanentError('vendor.data', 'no', { remedy: 'mend it' });
    const { handle, sent } = desk(refused);
    expect(await endOf(handle(hint(1, 2)))).toBe(refused);
    expect(sent).toEqual([]);
  });

  it('unforeseen is parked at its fifth try, whichever copy that is', async () => {
    const { handle, sent } = desk(new TypeError('a mistake'));
    await handle(copy({ tries: 3, waitSeconds: 8 }, 2));
    expect(sent).toEqual([{ tries: 4, waitSeconds: 16 }]);
    expect(await endOf(handle(copy({ tries: 4, waitSeconds: 16 }, 2)))).toMatchObject({
      name: 'PermanentError',
      code: 'unforeseen',
    });
  });

  it('stays where it is when the queue does not take its copy', async () => {
    const { inner, log } = desk(busy);
    const sendAgain = async () => {
      throw new Error('the queue is away');
    };
    const failing = steppingAside(inner, { sendAgain, untried: NOT_TRIED, log });
    await expect(failing.handle(hint(1, 9))).rejects.toThrow('the queue is away');
  });
});
