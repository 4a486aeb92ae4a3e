import { Duration, RemovalPolicy } from 'aws-cdk-lib';
import { type Alarm, Metric } from 'aws-cdk-lib/aws-cloudwatch';
import type { PolicyStatement } from 'aws-cdk-lib/aws-iam';
import { PolicyDocument, Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import {
  Architecture,
  Function as LambdaFunction,
  LoggingFormat,
  RecursiveLoop,
  Runtime,
  Tracing,
} from 'aws-cdk-lib/aws-lambda';
import { LogGroup } from 'aws-cdk-lib/aws-logs';
import { Construct } from 'constructs';
import { METRIC_NAMESPACE, type MetricName } from '../../shared/observability/metric-names.ts';
import { bundledCode } from '../bundling/bundled-code.ts';
import type { FunctionName, Stage } from '../stages.ts';
import type { Alarms, RunbookHeading, Severity } from './alarms.ts';
import { acknowledge } from './nag.ts';
import { mayLog, mayTrace } from './rights.ts';

/** What every part of the pipeline is built for. */
export interface Deployment {
  readonly stage: Stage;
  readonly alarms: Alarms;
}

export interface NodeFunctionProps {
  /** Names the folder under functions/, the function, its log group, and `service` in its metrics and logs. */
  readonly name: FunctionName;
  readonly timeout: Duration;
  /** Beside what every function gets. */
  readonly environment: Readonly<Record<string, string>>;
  /** All its rights, beside writing its own logs and traces. Nothing else is ever added to its role. */
  readonly rights: readonly PolicyStatement[];
  /** What guests and staff notice when it does not work. */
  readonly impact: string;
  /** Whether the operator's settings are put beside its bundle. */
  readonly readsSettings: boolean;
  /** Whether it may put a message back into the queue it came from, again and again. */
  readonly sendsToItself?: boolean;
}

/** An alarm on something only the code knows, looked at every five minutes. */
export interface SignalProps {
  readonly metric: MetricName;
  readonly threshold: number;
  readonly severity: Severity;
  readonly impact: string;
  readonly runbook: RunbookHeading;
  /** `Sum` of what is counted as it happens; `Maximum` of a figure that says how things stand. */
  readonly statistic?: 'Sum' | 'Maximum';
  /** Minutes it must have lasted. */
  readonly lasting?: Duration;
  /** Tells nobody by itself: it is a part of another alarm. */
  readonly isPart?: boolean;
}

/** A function with its own role, its own log group and its first alarms. */
export class NodeFunction extends Construct {
  readonly function: LambdaFunction;
  /** As text, for links: the resource's own name is known only when it is deployed. */
  readonly logGroupName: string;
  readonly name: FunctionName;
  readonly #alarms: Alarms;

  constructor(scope: Construct, id: string, deployment: Deployment, props: NodeFunctionProps) {
    super(scope, id);
    const { stage } = deployment;
    this.name = props.name;
    this.#alarms = deployment.alarms;
    this.logGroupName = `/harborlight/${stage.name}/${props.name}`;
    const logs = new LogGroup(this, 'Logs', {
      logGroupName: this.logGroupName,
      retention: stage.logRetention,
      removalPolicy: stage.protected ? RemovalPolicy.RETAIN_ON_UPDATE_OR_DELETE : RemovalPolicy.DESTROY,
    });
    this.function = new LambdaFunction(this, 'Function', {
      functionName: `harborlight-${stage.name}-${props.name}`,
      runtime: Runtime.NODEJS_24_X,
      architecture: Architecture.ARM_64,
      code: bundledCode(props.name, props.readsSettings ? stage.settings : undefined),
      handler: 'index.handler',
      timeout: props.timeout,
      memorySize: stage.memory[props.name],
      environment: {
        STAGE: stage.name,
        POWERTOOLS_SERVICE_NAME: props.name,
        POWERTOOLS_METRICS_NAMESPACE: METRIC_NAMESPACE,
        POWERTOOLS_LOG_LEVEL: stage.logLevel,
        NODE_OPTIONS: '--enable-source-maps',
        ...props.environment,
      },
      // Its own logger writes JSON; Lambda's JSON format would wrap each line a second time.
      loggingFormat: LoggingFormat.TEXT,
      logGroup: logs,
      tracing: Tracing.ACTIVE,
      // Lambda takes a message that came through the same function some 16 times for a circle, and puts it aside.
      recursiveLoop: props.sendsToItself ? RecursiveLoop.ALLOW : RecursiveLoop.TERMINATE,
      // CDK adds rights to a role as it goes along; this one holds what is listed here and no more.
      role: this.#role([...props.rights, mayLog(logs), mayTrace()]).withoutPolicyUpdates(),
    });
    acknowledge(this.function, {
      'Serverless-LambdaDLQ':
        'What it is given is not lost with it: API Gateway waits for its answer, its FIFO queue has the DLQ, or the schedule calls it again in a minute',
    });
    this.#addAlarms(props);
  }

  #role(rights: readonly PolicyStatement[]): Role {
    const role = new Role(this, 'Role', {
      assumedBy: new ServicePrincipal('lambda.amazonaws.com'),
      inlinePolicies: { rights: new PolicyDocument({ statements: [...rights] }) },
    });
    const reason = 'X-Ray has no resources to narrow xray:PutTraceSegments and xray:PutTelemetryRecords to';
    acknowledge(role, { 'AwsSolutions-IAM5[Resource::*]': reason, 'Serverless-LambdaStarPermissions': reason });
    return role;
  }

  /** An alarm on a metric that this function's code counts; its one dimension is the function's name. */
  alarmOn({ metric, statistic = 'Sum', lasting, ...props }: SignalProps): Alarm {
    // An alarm looks back for a day at most, and counts in hours where it looks that far.
    const period = (lasting?.toHours({ integral: false }) ?? 0) > 2 ? Duration.hours(1) : Duration.minutes(5);
    const periods = lasting === undefined ? 1 : lasting.toMinutes() / period.toMinutes();
    return this.#alarms.add(this, metric, {
      ...props,
      name: `${this.name}-${metric.replaceAll(/(?!^)[A-Z]/g, '-$&').toLowerCase()}`,
      metric: new Metric({
        namespace: METRIC_NAMESPACE,
        metricName: metric,
        dimensionsMap: { service: this.name },
        statistic,
        period,
      }),
      logGroupName: this.logGroupName,
      periods: { breaching: periods, of: periods },
    });
  }

  #addAlarms({ name, impact, timeout }: NodeFunctionProps): void {
    const period = Duration.minutes(1);
    const shared = { impact, logGroupName: this.logGroupName };
    this.#alarms.add(this, 'Errors', {
      ...shared,
      name: `${name}-errors`,
      metric: this.function.metricErrors({ period }),
      threshold: 1,
      severity: 'page',
      runbook: 'Function errors',
    });
    this.#alarms.add(this, 'Throttles', {
      ...shared,
      name: `${name}-throttles`,
      metric: this.function.metricThrottles({ period }),
      threshold: 1,
      severity: 'page',
      runbook: 'Function throttled',
    });
    this.#alarms.add(this, 'Duration', {
      ...shared,
      name: `${name}-duration`,
      metric: this.function.metricDuration({ period: Duration.minutes(5), statistic: 'p99' }),
      threshold: 0.8 * timeout.toMilliseconds(),
      severity: 'ticket',
      runbook: 'Function near its timeout',
    });
  }
}
