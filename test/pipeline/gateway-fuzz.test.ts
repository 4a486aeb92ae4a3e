import { expect, inject, it } from 'vitest';
import { startCore } from '../../infra/local/core.ts';
import { logFolder } from '../evidence/trail.ts';
import { fuzzGateway } from '../fuzz/gateway-fuzz.ts';
import { SECRET } from '../fuzz/requests.ts';

it('ingest’s own process answers whatever comes over HTTP, and the queue holds what it said it holds', async () => {
  const secrets = { webhook: SECRET };
  const core = await startCore({ assembly: inject('assembly'), consume: false, secrets, logDirectory: logFolder() });
  try {
    const { failures, outcomes } = await fuzzGateway(core, { seed: 20_261_121, runs: 400 });
    expect(failures).toEqual([]);
    expect(Object.keys(outcomes)).toEqual(expect.arrayContaining(['200', '401', '405']));
  } finally {
    await core.close();
  }
});
