import { expect, it } from 'vitest';
import { PermanentError, RetryableError } from '../../../shared/errors/errors.ts';
import { readLogConfig, readMemoryMb } from '../../../shared/observability/config.ts';
import { correlated, isAbout } from '../../../shared/observability/correlation.ts';
import { errorFacts, lambdaLog } from '../../../shared/observability/logger.ts';

/** A function's log, and the lines it printed. */
function logged(debugShare = 0, level: 'INFO' | 'WARN' = 'INFO') {
  const lines: string[] = [];
  const log = lambdaLog({ service: 'enrichment', level, debugShare }, (line) => lines.push(line));
  const read = (): Record<string, unknown>[] => lines.map((line) => JSON.parse(line));
  return { log, lines, read };
}

it('prints a line of JSON with what everybody looks for, and no more keys than that', () => {
  const { log, read } = logged();
  correlated('request=', () => log.info('booking.changed', { uuid: 'a-uuid', version: 2 }));
  expect(read()).toEqual([
    {
      level: 'INFO',
      message: 'booking.changed',
      service: 'enrichment',
      correlationId: 'request=',
      uuid: 'a-uuid',
      version: 2,
    },
  ]);
});

it('names the booking in every line, once it is known, also in those of whoever had the work done', async () => {
  const { log, read } = logged();
  await correlated('request=', async () => {
    log.info('message.taken');
    await (async () => isAbout('a-uuid'))();
    log.warn('message.retried');
  });
  log.info('batch.ended');
  expect(read().map(({ message, uuid, correlationId }) => [message, correlationId, uuid])).toEqual([
    ['message.taken', 'request=', undefined],
    ['message.retried', 'request=', 'a-uuid'],
    ['batch.ended', undefined, undefined],
  ]);
});

it('tells details of a webhook that is sampled, and of no other', () => {
  const all = logged(1);
  const none = logged(0);
  for (const { log } of [all, none]) {
    correlated('request=', () => log.debug('vendor.called', { status: 200 }));
    // What nothing led to cannot be followed, and is not sampled.
    log.debug('vendor.called');
  }
  expect(all.read()).toMatchObject([{ level: 'DEBUG', status: 200 }]);
  expect(none.lines).toEqual([]);
});

it('says the time of what went wrong, as Lambda wants it of a line whose level it is to believe', () => {
  const { log, read } = logged(1, 'INFO');
  correlated('request=', () => {
    for (const tell of [log.debug, log.info, log.warn, log.error]) tell('a');
  });
  const time = expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/);
  expect(read().map(({ level, timestamp }) => [level, timestamp])).toEqual([
    ['DEBUG', undefined],
    ['INFO', undefined],
    ['WARN', time],
    ['ERROR', time],
  ]);
});

it('keeps to its level', () => {
  const { log, read } = logged(0, 'WARN');
  log.info('a');
  log.warn('b');
  log.error('c');
  expect(read().map(({ level }) => level)).toEqual(['WARN', 'ERROR']);
});

it('says why something of ours failed, and of a foreign error only where: its message may quote a guest', () => {
  const { log, read, lines } = logged();
  log.warn('a', errorFacts(new RetryableError('salesforce.lock', 'the record is locked')));
  log.warn('b', errorFacts(new PermanentError('mailchimp.gone', 'it was deleted', { remedy: 'nothing' })));
  log.warn('c', errorFacts(new TypeError('Ana Petrova is no number')));
  expect(read()).toMatchObject([
    { message: 'a', code: 'salesforce.lock', why: 'the record is locked' },
    { message: 'b', code: 'mailchimp.gone', why: 'it was deleted' },
    { message: 'c', error: 'TypeError', at: expect.stringMatching(/logger\.test/) },
  ]);
  expect(lines.join()).not.toContain('Petrova');
});

it.each([
  [{}, 'SERVICE_NAME is not set'],
  [{ SERVICE_NAME: 'one', LOG_LEVEL: 'TRACE' }, 'LOG_LEVEL is none of DEBUG, INFO, WARN, ERROR'],
  [{ SERVICE_NAME: 'one', LOG_DEBUG_SHARE: '5' }, 'LOG_DEBUG_SHARE is no number from 0 to 1'],
  [{ SERVICE_NAME: 'one', LOG_DEBUG_SHARE: 'all' }, 'LOG_DEBUG_SHARE is no number from 0 to 1'],
])('the environment %j is refused', (environment, why) => {
  expect(() => readLogConfig(environment)).toThrow(why);
});

it('tells no details where the environment says nothing of it', () => {
  expect(readLogConfig({ SERVICE_NAME: 'one' })).toEqual({ service: 'one', level: 'INFO', debugShare: 0 });
  expect(readLogConfig({ SERVICE_NAME: 'one', LOG_DEBUG_SHARE: '0.01' }).debugShare).toBe(0.01);
});

it('knows how much memory the function may use, where Lambda says so', () => {
  expect(readMemoryMb({ AWS_LAMBDA_FUNCTION_MEMORY_SIZE: '256' })).toBe(256);
  for (const wrong of [undefined, '', 'much', '0']) {
    expect(readMemoryMb({ AWS_LAMBDA_FUNCTION_MEMORY_SIZE: wrong })).toBeUndefined();
  }
});
