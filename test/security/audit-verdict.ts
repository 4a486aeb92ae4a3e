import * as z from 'zod';

/** What `npm audit` came to, and how to say so. */
export interface Verdict {
  readonly kind: 'clean' | 'found' | 'unanswered';
  readonly text: string;
}

/**
 * Advisories that do not concern us although a package of the lock file is named by them: id → why. One that is here
 * is still told of.
 */
const REASONED: Readonly<Record<string, string>> = {};

const advisorySchema = z.object({ url: z.string(), title: z.string(), severity: z.string() });
const reportSchema = z.object({
  auditReportVersion: z.literal(2),
  vulnerabilities: z.record(z.string(), z.object({ via: z.array(z.union([z.string(), advisorySchema])) })),
  metadata: z.object({ dependencies: z.object({ total: z.int().positive() }) }),
});
const failureSchema = z.object({ message: z.string() });

/**
 * Reads what `npm audit --json` printed.
 * @param reasons advisory's id (the end of its address) → why it does not concern us.
 */
export function judge(printed: string, reasons: Readonly<Record<string, string>> = REASONED): Verdict {
  const json = parse(printed);
  const report = reportSchema.safeParse(json);
  if (!report.success) return unanswered(failureSchema.safeParse(json).data?.message);
  const advisories = new Map(
    Object.entries(report.data.vulnerabilities).flatMap(([name, { via }]) =>
      via
        .filter((one) => typeof one !== 'string')
        .filter(({ severity }) => severity === 'high' || severity === 'critical')
        .map((advisory) => [idOf(advisory.url), { name, ...advisory }] as const),
    ),
  );
  const told = [...advisories].map(([id, { name, severity, title }]) => {
    const reason = reasons[id];
    return `${severity}: ${name}: ${title} (${id})${reason === undefined ? '' : `\n  does not concern us: ${reason}`}`;
  });
  const { total } = report.data.metadata.dependencies;
  const open = [...advisories.keys()].filter((id) => reasons[id] === undefined);
  const summary = `${total} packages: ${open.length} advisories at high and above that concern us`;
  return { kind: open.length === 0 ? 'clean' : 'found', text: [...told, summary].join('\n') };
}

function unanswered(message = 'npm printed no report'): Verdict {
  const text = [
    'NOT CHECKED: the registry does not answer npm audit, so nobody looked for known weaknesses in the packages.',
    `  ${message}`,
    '  Run this where the registry can be asked: npm run audit',
  ].join('\n');
  return { kind: 'unanswered', text };
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function idOf(url: string): string {
  return url.split('/').at(-1) ?? url;
}
