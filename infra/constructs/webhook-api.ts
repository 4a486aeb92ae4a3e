import { Duration, RemovalPolicy } from 'aws-cdk-lib';
import { AccessLogFormat } from 'aws-cdk-lib/aws-apigateway';
import { HttpApi, HttpMethod, HttpStage, LogGroupLogDestination } from 'aws-cdk-lib/aws-apigatewayv2';
import { HttpLambdaIntegration } from 'aws-cdk-lib/aws-apigatewayv2-integrations';
import type { IMetric } from 'aws-cdk-lib/aws-cloudwatch';
import { LogGroup } from 'aws-cdk-lib/aws-logs';
import { Construct } from 'constructs';
import { failuresThatCount } from './alarms/function-alarms.ts';
import { acknowledge } from './nag.ts';
import type { Deployment, NodeFunction } from './node-function.ts';
import { accessLogGroupOf } from './saved-queries.ts';

/** With the key in the path, or in the query or Basic auth. */
const PATHS = ['/webhooks/fareharbor/{key}', '/webhooks/fareharbor'];

/**
 * What the access log keeps of a request: enough to answer "we sent it, and you refused it". Never the path or the query:
 * the webhook's key may be in either. The request id is the message's deduplication id, and stands in every line that
 * the webhook leads to. CloudWatch keeps the time.
 */
const ACCESS_LOG = {
  requestId: '$context.requestId',
  status: '$context.status',
  sourceIp: '$context.identity.sourceIp',
  ms: '$context.responseLatency',
  error: '$context.integrationErrorMessage',
};

/** FareHarbor's way in. Any other path is answered 404 by the API itself, any method but POST 405 by the function. */
export class WebhookApi extends Construct {
  readonly #stage: HttpStage;
  /** Where FareHarbor sends to, the key left out. */
  readonly url: string;

  constructor(scope: Construct, id: string, deployment: Deployment, receiver: NodeFunction) {
    super(scope, id);
    const { stage, alarms } = deployment;
    const api = new HttpApi(this, 'Api', { apiName: `harborlight-${stage.name}-webhooks`, createDefaultStage: false });
    const integration = new HttpLambdaIntegration('Ingest', receiver.function);
    for (const path of PATHS) api.addRoutes({ path, methods: [HttpMethod.POST, HttpMethod.ANY], integration });
    acknowledge(api, {
      'AwsSolutions-APIG4':
        'FareHarbor can sign nothing: the function compares the key of the request, in constant time',
    });

    const logGroupName = accessLogGroupOf(stage.name);
    const logs = new LogGroup(this, 'AccessLogs', {
      logGroupName,
      retention: stage.logs.retention,
      removalPolicy: stage.protected ? RemovalPolicy.RETAIN_ON_UPDATE_OR_DELETE : RemovalPolicy.DESTROY,
    });
    this.#stage = new HttpStage(this, 'Stage', {
      httpApi: api,
      autoDeploy: true,
      throttle: { rateLimit: stage.webhooks.perSecond, burstLimit: stage.webhooks.burst },
      accessLogSettings: {
        destination: new LogGroupLogDestination(logs),
        format: AccessLogFormat.custom(JSON.stringify(ACCESS_LOG)),
      },
    });
    const perMinute = this.metrics(Duration.minutes(1));
    alarms.add(this, 'ServerErrors', {
      name: 'webhook-api-5xx',
      metric: failuresThatCount('deliveries that failed', perMinute.serverErrors, perMinute.requests),
      threshold: 1,
      // FareHarbor tries again after minutes: at few bookings an hour, in 2 of 3 minutes nothing would ever be seen.
      periods: { breaching: 2, of: 30 },
      severity: 'page',
      impact: 'FareHarbor is told that deliveries failed; after its retries a booking change is missed by everyone.',
      runbook: 'Webhook API errors',
      query: 'refused-webhooks',
    });
    this.#watchSilence(deployment);
    this.url = `${api.apiEndpoint}/webhooks/fareharbor/`;
  }

  /** FareHarbor switches a webhook off that fails for long, and tells nobody: then nothing fails, and nothing comes. */
  #watchSilence({ stage, alarms }: Deployment): void {
    const { silenceHours } = stage.alarms;
    if (silenceHours === null) return;
    alarms.add(this, 'Silence', {
      name: 'webhook-silence',
      metric: this.#stage.metricCount({ period: Duration.hours(1), statistic: 'Sum' }),
      threshold: 1,
      when: 'below',
      periods: { breaching: silenceHours, of: silenceHours },
      severity: 'ticket',
      impact:
        'FareHarbor has sent nothing for long: no booking, change or cancellation arrives unless the sweep finds it.',
      runbook: 'No webhook for long',
      query: 'refused-webhooks',
    });
  }

  /** How many came, and how many were answered 4xx and 5xx. */
  metrics(period: Duration): Readonly<Record<'requests' | 'clientErrors' | 'serverErrors', IMetric>> {
    const options = { period, statistic: 'Sum' };
    return {
      requests: this.#stage.metricCount({ ...options, label: 'came' }),
      clientErrors: this.#stage.metricClientError({ ...options, label: 'refused (4xx)' }),
      serverErrors: this.#stage.metricServerError({ ...options, label: 'failed (5xx)' }),
    };
  }
}
