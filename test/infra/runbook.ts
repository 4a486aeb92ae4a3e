import { globSync, readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { anchorOf } from '../../infra/constructs/alarms/alarm-text.ts';
import { RUNBOOK_HEADINGS } from '../../infra/constructs/alarms/alarms.ts';
import { HELP } from '../../infra/ops/command.ts';
import { FUNCTION_NAMES } from '../../infra/stages.ts';
import type { Deployment } from './synth.ts';
import { alarmSchema, compositeAlarmSchema, resources } from './template.ts';

const RUNBOOK = readFileSync(new URL('../../RUNBOOK.md', import.meta.url), 'utf8');
/** Heading → its text, up to the next heading. */
const SECTIONS = new Map(
  RUNBOOK.split(/^## /m)
    .slice(1)
    .map((section): [string, string] => [section.slice(0, section.indexOf('\n')), section]),
);

/** Where somebody goes who knows no more than that bookings are missing. */
const FIRST = 'Bookings are not arriving in Salesforce or Mailchimp';
/** Not about one kind of trouble: where to begin, and what is generated. These have no section's form. */
const isOverview = (heading: string): boolean => heading === FIRST || (SECTIONS.get(heading) ?? '').includes('<!--');
/** What no metric tells of: a person did it, or sees it at a vendor. */
const WITHOUT_ALARM = [
  'Something lost or changed at a vendor',
  'Bookings waiting for a bulk write',
  'An AI action must be stopped',
  'Scores out of the ordinary',
  'Tables restored',
  'Queue purged',
  'A deployment is coming',
];

export function describeRunbook({ pipeline, stage }: Deployment): void {
  const alarms = [
    ...resources(pipeline, 'AWS::CloudWatch::Alarm', alarmSchema),
    ...resources(pipeline, 'AWS::CloudWatch::CompositeAlarm', compositeAlarmSchema),
  ].map(({ properties }) => properties);
  const headings = [...SECTIONS.keys()];

  describe('the runbook', () => {
    test('has a section for every alarm, and every section is some alarm’s or known to have none', () => {
      const wanted = [...RUNBOOK_HEADINGS, ...WITHOUT_ALARM];
      expect(headings.filter((heading) => !isOverview(heading)).sort()).toEqual([...wanted].sort());
      const named = new Set(alarms.map(({ AlarmDescription }) => /^Runbook: "(.+?)"/m.exec(AlarmDescription)?.[1]));
      const isAsked = (heading: string): boolean =>
        heading !== 'No webhook for long' || stage.alarms.silenceHours !== null;
      expect([...named].sort()).toEqual(RUNBOOK_HEADINGS.filter(isAsked).sort());
    });

    test.each(headings.filter((heading) => !isOverview(heading)))(
      '%s says the five things that are needed',
      (heading) => {
        const parts = [...(SECTIONS.get(heading) ?? '').matchAll(/^\*\*(.+?)\.\*\*/gm)].map(([, part]) => part);
        expect(parts, heading).toEqual([
          'Description',
          'What guests and staff notice',
          'Investigate',
          'Resolve',
          'How to know it is over',
        ]);
      },
    );

    test('begins with what to do when bookings are missing, and each alarm’s section leads there', () => {
      expect(headings[0]).toBe(FIRST);
      for (const heading of RUNBOOK_HEADINGS) {
        expect(SECTIONS.get(heading), heading).toContain(`(#${anchorOf(FIRST)})`);
      }
    });

    test('names no command, log line or function that there is not', () => {
      const named = (pattern: RegExp) => [...new Set([...RUNBOOK.matchAll(pattern)].map(([, name]) => name ?? ''))];
      const commands = named(/npm run ops -- ([a-z-]+)/g);
      expect(commands.length).toBeGreaterThan(10);
      expect(commands.filter((name) => !HELP.includes(`\n  ${name} `))).toEqual([]);
      const root = new URL('../../', import.meta.url);
      const sources = globSync(['functions/**/*.ts', 'shared/**/*.ts'], { cwd: root });
      const code = sources.map((file) => readFileSync(new URL(file, root), 'utf8')).join('\n');
      const patterns = named(/--filter-pattern '?"?([a-z.-]+)/g);
      expect(patterns.length).toBeGreaterThan(5);
      expect(patterns.filter((name) => !code.includes(`'${name}`))).toEqual([]);
      const logs = named(/aws logs tail \/harborlight\/\w+\/([a-z-]+)/g);
      expect(logs.filter((name) => !FUNCTION_NAMES.some((one) => one === name))).toEqual([]);
    });

    test('has no link within itself that leads nowhere', () => {
      const anchors = new Set(headings.map(anchorOf));
      const links = [...RUNBOOK.matchAll(/\]\(#([^)]+)\)/g)].map(([, anchor]) => anchor ?? '');
      expect(links.length).toBeGreaterThan(RUNBOOK_HEADINGS.length);
      expect(links.filter((anchor) => !anchors.has(anchor))).toEqual([]);
    });
  });
}
