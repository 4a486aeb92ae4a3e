import type { Shown } from '../../../shared/acts/shown.ts';

/**
 * The model's words go to fields marked as such and nowhere else; in rules mode there are none. Where they may not be
 * shown, what is there stays.
 */
export function summaryFields({ summary }: Shown) {
  return summary === undefined ? {} : { AI_Summary__c: summary, AI_Generated__c: summary !== null };
}
