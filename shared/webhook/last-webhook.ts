import * as z from 'zod';
import { toAttribute } from '../records/dynamo.ts';

/** The part of the operations table in which each company's last webhook stands: only when it came. */
export const LAST_WEBHOOK_KIND = 'last-webhook';

export const lastWebhookSchema = z.object({
  company: z.string(),
  /** When it came; where none ever did, since when somebody looks for one. */
  at: z.iso.datetime(),
});
export type LastWebhook = z.infer<typeof lastWebhookSchema>;

/** The item's key. */
export function lastWebhookKey(company: string) {
  return { kind: toAttribute(LAST_WEBHOOK_KIND), id: toAttribute(company.slice(0, 200)) };
}
