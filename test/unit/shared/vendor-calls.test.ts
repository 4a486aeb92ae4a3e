import fc from 'fast-check';
import { expect, it } from 'vitest';
import { RetryableError } from '../../../shared/errors/errors.ts';
import { correlated } from '../../../shared/observability/correlation.ts';
import { heard, routeOf, tellCalls, type VendorCall } from '../../../shared/observability/vendor-calls.ts';
import { listening } from './quiet.ts';

const call = { method: 'PUT', url: 'https://us1.example.test/3.0/lists/a1/members/x', milliseconds: 120.4 } as const;

it.each<[string, number | undefined, number, number, string]>([
  ['answered', 200, 120, 1, 'debug'],
  ['answered: there is no such thing', 404, 120, 1, 'debug'],
  ['slow', 200, 3_000, 1, 'info'],
  ['tried again', 200, 120, 2, 'info'],
  ['refused', 400, 120, 1, 'warn'],
  ['limited', 429, 120, 1, 'warn'],
  ['failed', 503, 120, 1, 'warn'],
  ['not answered', undefined, 6_000, 1, 'warn'],
])('a call that is %s (%s, %d ms, try %d) is told of at %s', (_, status, milliseconds, attempt, level) => {
  const { log, lines } = listening();
  const tell = tellCalls('mailchimp', log);
  correlated('request=', () => tell({ ...call, status, milliseconds, code: undefined }), attempt);
  expect(lines).toMatchObject([
    { level, event: 'vendor.called', facts: { vendor: 'mailchimp', status, ms: milliseconds } },
  ]);
});

it.each([
  [
    'https://us1.api.mailchimp.com/3.0/lists/a1b2c3/members/0cc175b9c0f1b6a831c399e269772661/tags',
    '/3.0/lists/*/members/*/tags',
  ],
  ['https://us1.example.test/3.0/lists/abc/members/ana@example.test?fields=id', '/3.0/lists/abc/members/*'],
  [
    'https://fareharbor.test/api/external/v1/companies/umi-tours/bookings/8f2e2f1a-0f4e-4f5b-9a0e-2c1d3e4f5a6b/?a=b',
    '/api/external/v1/companies/umi-tours/bookings/*/',
  ],
  ['/services/data/v62.0/composite/graph', '/services/data/v62.0/composite/graph'],
  ['/services/data/v62.0/sobjects/*/003xx000004TmiQAAS', '/services/data/v62.0/sobjects/*/*'],
  // A digest may have no digit in it.
  ['/3.0/members/abcdefabcdefabcdefabcdefabcdefab', '/3.0/members/*'],
  ['/a?who=ana@example.test/b', '/a'],
])('the route of %s is %s', (url, route) => expect(routeOf(url)).toBe(route));

it('a route holds nothing that could name somebody: no digits but versions, no capitals, no signs', () => {
  const part = fc.oneof(fc.string(), fc.emailAddress(), fc.uuid(), fc.string({ unit: 'grapheme' }));
  fc.assert(
    fc.property(fc.array(part), fc.string(), (parts, query) => {
      const url = `https://vendor.test/${parts.map(encodeURIComponent).join('/')}?${query}`;
      expect(routeOf(url)).toMatch(/^(\/(\*|[a-z-]{0,20}|v\d{1,3}(\.\d)?|\d\.\d))*$/);
    }),
  );
});

it('tells of a call however it ends, and changes nothing of that', async () => {
  const calls: VendorCall[] = [];
  const hear = (told: VendorCall) => calls.push(told);
  const statusOf = ({ status }: { status: number }) => status;
  expect(await heard(hear, call, async () => ({ status: 418 }), statusOf)).toEqual({ status: 418 });
  const late = new RetryableError('mailchimp.timeout', 'it took too long');
  await expect(heard(hear, call, () => Promise.reject(late), statusOf)).rejects.toBe(late);
  const refused = Object.assign(new Error('no'), { status: 401 });
  await expect(heard(hear, call, () => Promise.reject(refused), statusOf)).rejects.toBe(refused);
  expect(calls.map(({ status, code }) => [status, code])).toEqual([
    [418, undefined],
    [undefined, 'mailchimp.timeout'],
    [401, undefined],
  ]);
  expect(calls.every(({ milliseconds }) => milliseconds >= 0)).toBe(true);
});
