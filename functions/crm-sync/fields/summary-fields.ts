import type { Understanding } from '../../../shared/understanding/understanding.ts';

/** The model's words go to fields marked as such and nowhere else; in rules mode there are none. */
export function summaryFields({ summary }: Understanding) {
  return { AI_Summary__c: summary, AI_Generated__c: summary !== null };
}
