import { describe, expect, test } from 'vitest';
import * as z from 'zod';
import { METRIC } from '../../shared/observability/metric-names.ts';
import { bundledSources } from './bundles.ts';
import type { Deployment } from './synth.ts';
import { alarmSchema, resources, textSchema } from './template.ts';

const dashboardSchema = z.looseObject({ DashboardName: z.string(), DashboardBody: textSchema });
const widgetSchema = z.object({
  type: z.string(),
  x: z.int(),
  y: z.int(),
  width: z.int(),
  height: z.int(),
  properties: z.looseObject({
    title: z.string().optional(),
    markdown: z.string().optional(),
    metrics: z.array(z.array(z.unknown())).default([]),
    alarms: z.array(z.string()).default([]),
  }),
});

interface Figure {
  readonly title: string;
  readonly namespace: string;
  readonly metric: string;
  readonly dimensions: readonly string[];
}

/** The metrics of a widget; the rows of expressions name no metric of their own. */
function figuresOf({ properties: { title = '', metrics } }: z.infer<typeof widgetSchema>): Figure[] {
  return metrics.flatMap((row) => {
    const [namespace, metric, ...dimensions] = row.filter((cell) => typeof cell === 'string');
    return namespace === undefined || metric === undefined ? [] : [{ title, namespace, metric, dimensions }];
  });
}

/** What AWS itself counts under these names, for resources of the types that the pipeline has. */
const COUNTED_BY_AWS: Readonly<Record<string, readonly string[]>> = {
  'AWS/Lambda': ['Errors', 'Throttles', 'Duration', 'Invocations'],
  'AWS/SQS': ['ApproximateNumberOfMessagesVisible', 'ApproximateAgeOfOldestMessage'],
  'AWS/ApiGateway': ['Count', '4xx', '5xx'],
  'AWS/DynamoDB': ['ConsumedReadCapacityUnits', 'ConsumedWriteCapacityUnits'],
};

export function describeDashboard(deployment: Deployment): void {
  const { pipeline, stage } = deployment;
  const dashboards = resources(pipeline, 'AWS::CloudWatch::Dashboard', dashboardSchema);
  const body: unknown = JSON.parse(dashboards[0]?.properties.DashboardBody ?? '{}');
  const { widgets } = z.object({ widgets: z.array(widgetSchema) }).parse(body);
  const figures = widgets.flatMap(figuresOf);

  describe('the dashboard', () => {
    test('is one screen of four questions, no widget over another', () => {
      expect(dashboards.map(({ properties }) => properties.DashboardName)).toEqual([`harborlight-${stage.name}`]);
      expect(widgets.filter(({ properties }) => properties.markdown?.startsWith('## ')).length).toBe(4);
      const cells = widgets.flatMap(({ x, y, width, height }) =>
        Array.from({ length: width * height }, (_, index) => `${x + (index % width)},${y + Math.floor(index / width)}`),
      );
      expect(new Set(cells).size).toBe(cells.length);
      expect(Math.max(...widgets.map(({ x, width }) => x + width))).toBe(24);
    });

    test('shows every alarm there is', () => {
      const alarms = resources(pipeline, 'AWS::CloudWatch::Alarm', alarmSchema).map(({ id }) => `\${${id}.Arn}`);
      expect(widgets.flatMap(({ properties }) => properties.alarms).sort()).toEqual(alarms.sort());
    });

    test('has no graph without a figure', () => {
      const graphs = widgets.filter(
        ({ properties }) => properties.title !== undefined && properties.title !== 'Alarms',
      );
      expect(graphs.length).toBeGreaterThan(10);
      for (const one of graphs) expect(figuresOf(one).length, one.properties.title).toBeGreaterThan(0);
    });

    test.each(figures)('$title: $metric is counted by somebody', ({ namespace, metric, dimensions }) => {
      if (namespace === 'Harborlight') {
        const [name, service = ''] = dimensions;
        const key = Object.entries(METRIC).find(([, value]) => value === metric)?.[0];
        expect(name).toBe('service');
        expect(bundledSources(deployment, service), `${service} never counts ${metric}`).toContain(`METRIC.${key}`);
        return;
      }
      expect(COUNTED_BY_AWS[namespace]).toContain(metric);
      const [, id = ''] = /^\$\{([\w:-]+?)(\.\w+)?\}$/.exec(dimensions[1] ?? '') ?? [];
      const isHere = Object.hasOwn(pipeline.Resources, id) || /ExportsOutput/.test(dimensions[1] ?? '');
      expect(isHere, dimensions.join(' ')).toBe(true);
    });
  });
}
