import * as z from 'zod';
import { failure } from '../../../functions/marketing-sync/mailchimp/mailchimp-errors.ts';
import { RetryableError } from '../../../shared/errors/errors.ts';
import { type HttpReply, type HttpRequest, httpClient } from '../../../shared/http/http-client.ts';
import type { MailchimpConfig } from '../config.ts';
import type { MergeField, NeededField } from './merge-fields.ts';
import type { NeededSegment, SavedSegment } from './segments.ts';

const TIMEOUT_MS = 30_000;
/** The most that Mailchimp lists in one page, and far more than an audience can have. */
const PAGE = 1_000;

const audienceSchema = z.object({ name: z.string(), double_optin: z.boolean() });
const fieldsSchema = z.object({
  merge_fields: z.array(
    z
      .object({
        tag: z.string(),
        name: z.string(),
        type: z.string(),
        required: z.boolean(),
        public: z.boolean(),
        options: z.object({ phone_format: z.string().optional() }).optional(),
      })
      .transform(({ options, ...field }): MergeField => ({ ...field, phoneFormat: options?.phone_format })),
  ),
});
const conditionSchema = z.object({ field: z.unknown(), op: z.unknown(), value: z.unknown() });
const segmentsSchema = z.object({
  segments: z.array(
    z
      .object({ name: z.string(), options: z.object({ conditions: z.array(conditionSchema).default([]) }).optional() })
      .transform(({ name, options }): SavedSegment => ({ name, conditions: options?.conditions ?? [] })),
  ),
});

/** One audience, seen from its set-up. Every method throws RetryableError or PermanentError. */
export interface AudienceSetUp {
  readAudience(): Promise<{ readonly name: string; readonly doubleOptIn: boolean }>;
  readFields(): Promise<readonly MergeField[]>;
  createField(field: NeededField): Promise<void>;
  readSegments(): Promise<readonly SavedSegment[]>;
  createSegment(segment: NeededSegment): Promise<void>;
}

export function audienceSetUp({ apiUrl, apiKey, audienceId }: MailchimpConfig): AudienceSetUp {
  const http = httpClient('mailchimp', TIMEOUT_MS);
  const list = `${apiUrl.replace(/\/+$/, '')}/lists/${encodeURIComponent(audienceId)}`;
  const authorization = `Basic ${Buffer.from(`harborlight:${apiKey}`).toString('base64')}`;
  const call = async (method: HttpRequest['method'], path: string, body?: object): Promise<HttpReply> => {
    const reply = await http({ method, url: `${list}${path}`, headers: { authorization }, ...(body && { body }) });
    if (reply.status < 200 || reply.status > 299) throw failure(reply, 'audience');
    return reply;
  };
  return {
    async readAudience() {
      const { name, double_optin } = parsed(await call('GET', '?fields=name,double_optin'), audienceSchema);
      return { name, doubleOptIn: double_optin };
    },
    async readFields() {
      return parsed(await call('GET', `/merge-fields?count=${PAGE}`), fieldsSchema).merge_fields;
    },
    async createField({ tag, name, type }) {
      await call('POST', '/merge-fields', { tag, name, type, required: false, public: false });
    },
    async readSegments() {
      return parsed(await call('GET', `/segments?type=saved&count=${PAGE}`), segmentsSchema).segments;
    },
    async createSegment({ name, options }) {
      await call('POST', '/segments', { name, options });
    },
  };
}

function parsed<Schema extends z.ZodType>({ status, json }: HttpReply, schema: Schema): z.infer<Schema> {
  const result = schema.safeParse(json);
  if (result.success) return result.data;
  throw new RetryableError('mailchimp.unreadable', `${status} with a body that is not Mailchimp's came back`);
}
