export type State = 'OK' | 'ALARM' | 'INSUFFICIENT_DATA';

/** What of an alarm decides about its state, beside its data. */
export interface Rule {
  readonly breaches: (value: number) => boolean;
  /** M of the last N. */
  readonly datapointsToAlarm: number;
  readonly evaluationPeriods: number;
  readonly treatMissingData: 'breaching' | 'notBreaching' | 'ignore' | 'missing';
}

/**
 * CloudWatch looks at more periods than the alarm names, so that there are enough where some are missing. How many is
 * not published; the documentation's own example has two more.
 */
const MORE_PERIODS = 2;

/** How many periods are looked at for this rule. */
export const evaluationRange = ({ evaluationPeriods }: Rule): number => evaluationPeriods + MORE_PERIODS;

/**
 * The state by CloudWatch's rules ("How alarm state is evaluated when data is missing"): where as many real values as
 * the alarm names are in the range, the newest of them decide alone; else what is missing is filled in as the alarm
 * says, as seldom as possible.
 * @param values of the whole range, the newest last; undefined where there was none.
 */
export function judge(values: readonly (number | undefined)[], rule: Rule, before: State): State {
  const { breaches, datapointsToAlarm: least, evaluationPeriods: periods, treatMissingData } = rule;
  const real = values.filter((value) => value !== undefined);
  const considered = real.slice(-periods);
  const breaching = considered.filter(breaches).length;
  if (breaching >= least) return 'ALARM';
  const missing = periods - considered.length;
  if (missing === 0) return 'OK';
  if (treatMissingData === 'breaching') return breaching + missing >= least ? 'ALARM' : 'OK';
  if (treatMissingData === 'notBreaching') return 'OK';
  if (real.length === 0) return treatMissingData === 'missing' ? 'INSUFFICIENT_DATA' : before;
  // Nothing but breaching values, the first of them as old as M periods: an alarm although there are fewer than M.
  const age = values.length - values.findIndex((value) => value !== undefined);
  if (!real.every(breaches) || age < least) return 'OK';
  return treatMissingData === 'missing' ? 'ALARM' : before;
}
