import { Duration, RemovalPolicy } from 'aws-cdk-lib';
import { type Alarm, Metric } from 'aws-cdk-lib/aws-cloudwatch';
import type { PolicyStatement } from 'aws-cdk-lib/aws-iam';
import { PolicyDocument, Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import {
  ApplicationLogLevel,
  Architecture,
  Function as LambdaFunction,
  LoggingFormat,
  RecursiveLoop,
  Runtime,
  SystemLogLevel,
} from 'aws-cdk-lib/aws-lambda';
import { LogGroup } from 'aws-cdk-lib/aws-logs';
import { Construct } from 'constructs';
import { METRIC_NAMESPACE, type MetricName } from '../../shared/observability/metric-names.ts';
import { bundledCode } from '../bundling/bundled-code.ts';
import type { FunctionName, Stage } from '../stages.ts';
import type { AlarmText } from './alarms/alarm-text.ts';
import type { AlarmProps, Alarms } from './alarms/alarms.ts';
import { watchFunction } from './alarms/function-alarms.ts';
import { acknowledge } from './nag.ts';
import { mayLog } from './rights.ts';
import { logGroupOf } from './saved-queries.ts';

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
  /** All its rights, beside writing its own logs. Nothing else is ever added to its role. */
  readonly rights: readonly PolicyStatement[];
  /** What guests and staff notice when it does not work. */
  readonly impact: string;
  /** Whether the operator's settings are put beside its bundle. */
  readonly readsSettings: boolean;
  /** Whether it may put a message back into the queue it came from, again and again. */
  readonly sendsToItself?: boolean;
}

/** An alarm on something only the code knows. */
export interface SignalProps extends AlarmText, Pick<AlarmProps, 'threshold' | 'severity' | 'when' | 'isPart'> {
  readonly metric: MetricName;
  /** Where two alarms are on one metric, or the metric's name says too little: the rest of the alarm's name. */
  readonly name?: string;
  /**
   * `Sum` of what is counted as it happens; `Maximum` of a figure that says how things stand; `SampleCount`, how often
   * it was said at all.
   */
  readonly statistic?: 'Sum' | 'Maximum' | 'SampleCount';
  /** How much is looked at in one piece; five minutes, unless it lasts for hours. */
  readonly within?: Duration;
  /** Minutes it must have lasted. */
  readonly lasting?: Duration;
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
    this.logGroupName = logGroupOf(stage.name, props.name);
    const logs = new LogGroup(this, 'Logs', {
      logGroupName: this.logGroupName,
      retention: stage.logs.retention,
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
        SERVICE_NAME: props.name,
        LOG_LEVEL: stage.logs.level,
        LOG_DEBUG_SHARE: String(stage.logs.debugShare),
        NODE_OPTIONS: '--enable-source-maps',
        ...props.environment,
      },
      // Lambda leaves lines alone that are JSON already, and ours are. Of its own it writes only what tells of a failure:
      // START, END and REPORT were two fifths of what logs cost.
      loggingFormat: LoggingFormat.JSON,
      systemLogLevelV2: SystemLogLevel.WARN,
      // Nothing of ours is dropped: metrics are lines without a level, which count as INFO. At DEBUG libraries wake up.
      applicationLogLevelV2: ApplicationLogLevel.TRACE,
      logGroup: logs,
      // Lambda takes a message that came through the same function some 16 times for a circle, and puts it aside.
      recursiveLoop: props.sendsToItself ? RecursiveLoop.ALLOW : RecursiveLoop.TERMINATE,
      // CDK adds rights to a role as it goes along; this one holds what is listed here and no more.
      role: this.#role([...props.rights, mayLog(logs)]).withoutPolicyUpdates(),
    });
    acknowledge(this.function, {
      'Serverless-LambdaDLQ':
        'What it is given is not lost with it: API Gateway waits for its answer, its FIFO queue has the DLQ, or the schedule calls it again in a minute',
      'Serverless-LambdaTracing':
        'Traces were $14 of the $45 that a million webhooks cost; correlation ids in the log lines follow a webhook from its receipt to each call of a vendor instead',
    });
    const { function: lambda, logGroupName } = this;
    watchFunction(this, deployment.alarms, { ...props, function: lambda, logGroupName });
  }

  #role(rights: readonly PolicyStatement[]): Role {
    return new Role(this, 'Role', {
      assumedBy: new ServicePrincipal('lambda.amazonaws.com'),
      inlinePolicies: { rights: new PolicyDocument({ statements: [...rights] }) },
    });
  }

  /** An alarm on a metric that this function's code counts; its one dimension is the function's name. */
  alarmOn({ metric, name, statistic = 'Sum', within, lasting, ...props }: SignalProps): Alarm {
    // An alarm counts in hours where it looks far back.
    const usual = (lasting?.toHours({ integral: false }) ?? 0) > 2 ? Duration.hours(1) : Duration.minutes(5);
    const period = within ?? usual;
    const periods = lasting === undefined ? 1 : lasting.toMinutes() / period.toMinutes();
    return this.#alarms.add(this, name ?? metric, {
      // Where nothing else is said, its own errors: what others log is rarely why.
      ...(props.query === 'errors' && { logGroupNames: [this.logGroupName] }),
      ...props,
      name: `${this.name}-${name ?? metric.replaceAll(/(?!^)[A-Z]/g, '-$&').toLowerCase()}`,
      metric: this.metric(metric, statistic, period),
      periods: { breaching: periods, of: periods },
    });
  }

  /** A metric that this function's code counts. */
  metric(metricName: MetricName, statistic: string, period: Duration): Metric {
    const dimensionsMap = { service: this.name };
    return new Metric({ namespace: METRIC_NAMESPACE, metricName, dimensionsMap, statistic, period });
  }
}
