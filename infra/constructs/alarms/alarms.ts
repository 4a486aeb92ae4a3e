import {
  Alarm,
  type AlarmBase,
  AlarmRule,
  AlarmState,
  ComparisonOperator,
  CompositeAlarm,
  type IAlarmRule,
  type IMetric,
  TreatMissingData,
} from 'aws-cdk-lib/aws-cloudwatch';
import { SnsAction } from 'aws-cdk-lib/aws-cloudwatch-actions';
import { Construct } from 'constructs';
import type { Stage } from '../../stages.ts';
import { type AlarmText, descriptionOf } from './alarm-text.ts';
import { alarmTopics, type Severity } from './alarm-topics.ts';

export { RUNBOOK_HEADINGS, type RunbookHeading } from './alarm-text.ts';
export type { Severity } from './alarm-topics.ts';

/** An alarm cannot be made without saying what it means to people and where it says what to do. */
export interface AlarmProps extends AlarmText {
  /** The rest of its name after `harborlight-<stage>-`. */
  readonly name: string;
  readonly metric: IMetric;
  /** It goes off at this value and above; with `when: 'below'`, under it, and where there is no figure at all. */
  readonly threshold: number;
  readonly when?: 'at-or-above' | 'below';
  readonly severity: Severity;
  /** Tells nobody by itself: it is a part of one made by `oneFor`. */
  readonly isPart?: boolean;
  /** So many of the last so many periods: 2 of 3 where one value alone may be chance. */
  readonly periods?: { readonly breaching: number; readonly of: number };
}

/** An alarm that is on while any of its parts is; a part may be several alarms that have to be on together. */
export interface CompositeProps extends AlarmText {
  readonly name: string;
  readonly severity: Severity;
  readonly parts: readonly (Alarm | readonly Alarm[])[];
}

/** The one place where alarms are made: each tells its people, in words, by the topic of its severity. */
export class Alarms extends Construct {
  readonly #stage: Stage;
  readonly #topics: ReturnType<typeof alarmTopics>;
  readonly #all: Alarm[] = [];

  constructor(scope: Construct, id: string, stage: Stage) {
    super(scope, id);
    this.#stage = stage;
    this.#topics = alarmTopics(this, stage);
  }

  /** Those added so far. */
  get all(): readonly Alarm[] {
    return this.#all;
  }

  /** The alarm, with everything the person on call reads first in its description. */
  add(scope: Construct, id: string, props: AlarmProps): Alarm {
    const { breaching, of } = props.periods ?? { breaching: 2, of: 3 };
    const isSilence = props.when === 'below';
    const alarm = new Alarm(scope, id, {
      alarmName: this.#nameOf(props),
      alarmDescription: descriptionOf(this.#stage, props),
      metric: props.metric,
      threshold: props.threshold,
      comparisonOperator: isSilence
        ? ComparisonOperator.LESS_THAN_THRESHOLD
        : ComparisonOperator.GREATER_THAN_OR_EQUAL_TO_THRESHOLD,
      evaluationPeriods: of,
      datapointsToAlarm: breaching,
      // No figure means that nothing happened: good news, but where it is the silence that is watched.
      treatMissingData: isSilence ? TreatMissingData.BREACHING : TreatMissingData.NOT_BREACHING,
    });
    if (!props.isPart) this.#tell(alarm, props.severity);
    this.#all.push(alarm);
    return alarm;
  }

  /** One alarm for several that have the same cause: whoever is woken is woken once. */
  oneFor(scope: Construct, id: string, props: CompositeProps): void {
    const isOn = (alarm: Alarm): IAlarmRule => AlarmRule.fromAlarm(alarm, AlarmState.ALARM);
    const rules = props.parts.map((part) =>
      part instanceof Alarm ? isOn(part) : AlarmRule.allOf(...part.map((one) => isOn(one))),
    );
    const composite = new CompositeAlarm(scope, id, {
      compositeAlarmName: this.#nameOf(props),
      alarmDescription: descriptionOf(this.#stage, props),
      alarmRule: AlarmRule.anyOf(...rules),
    });
    this.#tell(composite, props.severity);
  }

  #nameOf({ name }: Pick<AlarmProps, 'name'>): string {
    return `harborlight-${this.#stage.name}-${name}`;
  }

  #tell(alarm: AlarmBase, severity: Severity): void {
    const action = new SnsAction(this.#topics[severity]);
    alarm.addAlarmAction(action);
    alarm.addOkAction(action);
  }
}
