import { expect, it } from 'vitest';
import { judge } from './audit-verdict.ts';

const advisory = (severity: string) => ({
  source: 1,
  name: 'left',
  title: 'Left can be turned right',
  url: 'https://github.com/advisories/GHSA-aaaa-bbbb-cccc',
  severity,
});
const report = (...via: object[]) =>
  JSON.stringify({
    auditReportVersion: 2,
    vulnerabilities: via.length === 0 ? {} : { left: { via }, above: { via: ['left'] } },
    metadata: { dependencies: { total: 256 } },
  });

it('a report without advisories is clean, and says of how many packages', () => {
  expect(judge(report())).toEqual({
    kind: 'clean',
    text: '256 packages: 0 advisories at high and above that concern us',
  });
});

it.each(['high', 'critical'])('an advisory of %s severity is found, once', (severity) => {
  const { kind, text } = judge(report(advisory(severity), advisory(severity)));
  expect(kind).toBe('found');
  expect(text).toContain(`${severity}: left: Left can be turned right (GHSA-aaaa-bbbb-cccc)`);
  expect(text).toContain('1 advisories');
});

it('one of moderate severity does not stop anybody', () => {
  expect(judge(report(advisory('moderate')))).toMatchObject({ kind: 'clean' });
});

it('one that is reasoned is told with its reason', () => {
  const { kind, text } = judge(report(advisory('high')), { 'GHSA-aaaa-bbbb-cccc': 'nobody turns it here' });
  expect(kind).toBe('clean');
  expect(text).toContain('does not concern us: nobody turns it here');
});

it.each([
  ['an error', '{"message":"405 Method Not Allowed - POST https://registry.test/bulk","statusCode":405}'],
  ['nothing', ''],
  ['no JSON', 'npm error'],
  ['a report of another kind', '{"auditReportVersion":3,"vulnerabilities":{},"metadata":{}}'],
  ['a report of no package at all', report().replace('256', '0')],
])('%s is never taken for a clean report', (_, printed) => {
  const { kind, text } = judge(printed);
  expect(kind).toBe('unanswered');
  expect(text).toMatch(/^NOT CHECKED: /);
});
