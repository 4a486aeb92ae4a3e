import { mkdtempSync, rmSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { build } from 'esbuild';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import * as z from 'zod';
import { openSession } from '../../functions/crm-sync/salesforce/connection.ts';
import { bundleOptions } from '../../infra/bundling/bundled-code.ts';

type OpenSession = typeof openSession;

const directory = mkdtempSync(join(tmpdir(), 'harborlight-bundled-'));
const bundledSchema = z.object({ openSession: z.custom<OpenSession>((value) => typeof value === 'function') });
let bundled: OpenSession;
let reply = { status: 200, type: '', body: '' };
const server = createServer((incoming, outgoing) => {
  incoming.resume().once('end', () => outgoing.writeHead(reply.status, { 'content-type': reply.type }).end(reply.body));
});

beforeAll(async () => {
  const outfile = join(directory, 'connection.mjs');
  const entryPoints = ['functions/crm-sync/salesforce/connection.ts'];
  await build({ ...bundleOptions('crm-sync'), entryPoints, outfile });
  bundled = bundledSchema.parse(await import(pathToFileURL(outfile).href)).openSession;
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
});
afterAll(() => {
  server.close();
  rmSync(directory, { recursive: true });
});

/** What comes of one call, in words: which kind it is, and which code. */
async function outcome(open: OpenSession): Promise<unknown> {
  const { port } = server.address() as AddressInfo;
  const session = open({ accessToken: 'token', instanceUrl: `http://127.0.0.1:${port}` });
  const exchanged = await session.composite([], 2_000).catch((error: unknown) => error);
  if (!(exchanged instanceof Error) && z.looseObject({ kind: z.string() }).safeParse(exchanged).success)
    return exchanged;
  return z.looseObject({ code: z.string(), message: z.string() }).parse(exchanged).code;
}

describe('the parts of jsforce that are left out of the bundle', () => {
  it.each([
    [200, 'application/json', '{"compositeResponse":[]}'],
    [400, 'application/json', '[{"errorCode":"MALFORMED","message":"no"}]'],
    [503, 'application/xml', '<Errors><Error><errorCode>X</errorCode><message>later</message></Error></Errors>'],
    [500, 'text/csv', 'a,b\n1,2\n'],
    [502, 'text/html', '<html>bad gateway</html>'],
    [503, 'text/xml', 'no XML'],
  ])('are not missed by an answer of %i in %s', async (status, type, body) => {
    reply = { status, type, body };
    const found = await outcome(bundled);
    expect(found).toMatchObject({ kind: status === 200 ? 'replied' : 'refused' });
    if (type === 'application/json') expect(found).toEqual(await outcome(openSession));
    else expect(found).toMatchObject({ refusal: { status, code: `HTTP_${status}` } });
  });
});
