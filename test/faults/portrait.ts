import * as z from 'zod';

const recordsSchema = z.record(z.string(), z.array(z.record(z.string(), z.unknown())));
const membersSchema = z.object({
  members: z.record(
    z.string(),
    z.object({
      status: z.string(),
      merge_fields: z.record(z.string(), z.unknown()),
      tags: z.array(z.string()),
      events: z.array(z.looseObject({ name: z.string(), properties: z.record(z.string(), z.unknown()) })),
    }),
  ),
});

/**
 * Which of our versions it is depends on how many webhooks a version was made of, and the level of a risk on what else the
 * operator had seen when it was made; the rest does not.
 */
const BY_PACE = new Set(['Booking_Version__c', 'Cancellation_Risk__c', 'No_Show_Risk__c']);

/**
 * Everything both vendors hold, as lines that are the same on every telling of a story: one line for each field, with
 * ids, uuids and the telling's prefix replaced by names.
 *
 * @param prefix of the telling's addresses and uuids.
 * @param uuids of its bookings, in order.
 */
export function portrait(salesforce: unknown, mailchimp: unknown, prefix: string, uuids: readonly string[]): string[] {
  const records = recordsSchema.parse(salesforce);
  const names = new Map<string, string>([
    [prefix, '{telling}'],
    ...uuids.map((uuid, index) => [uuid, `{booking ${index + 1}}`] as const),
    ...Object.entries(records).flatMap(([object, rows]) =>
      rows.map((row) => [String(row.Id), `{${object} ${nameOf(row)}}`] as const),
    ),
  ]);
  const plain = (text: string): string => {
    let replaced = text;
    // Names hold prefixes and uuids themselves: ids go first.
    for (const [from, to] of [...names].reverse()) replaced = replaced.replaceAll(from, to);
    return replaced;
  };
  return [...salesforceLines(records), ...mailchimpLines(mailchimp)].map(plain).sort();
}

const FIGURE =
  /: (Bookings|Cancellations|No_Shows|Lifetime_Value|\w+_Tour_Date|Party_Size|Total_Amount|StageName|BOOKINGS|LTV|NEXT_TOUR|LAST_TOUR|status|tag)/;

/** The lines of a portrait that are the same at every pace: figures and states, whichever booking made the guest. */
export function figuresOf(lines: readonly string[]): string[] {
  return lines.filter((line) => FIGURE.test(line)).map((line) => line.replace(/\bg-\{booking \d+\}/g, 'g-{booking}'));
}

function nameOf(row: Readonly<Record<string, unknown>>): string {
  const key = row.FareHarbor_Guest_Key__c ?? row.FareHarbor_Booking_UUID__c ?? row.Email ?? row.Name;
  return `${String(key)}${row.Case_Kind__c === undefined ? '' : ` ${String(row.Case_Kind__c)}`}`;
}

function salesforceLines(records: z.infer<typeof recordsSchema>): string[] {
  return Object.entries(records).flatMap(([object, rows]) =>
    rows.flatMap((row) =>
      Object.entries(row)
        .filter(([field, value]) => !BY_PACE.has(field) && value !== null)
        .map(([field, value]) => `${object} ${nameOf(row)}: ${field} = ${JSON.stringify(value)}`),
    ),
  );
}

function mailchimpLines(state: unknown): string[] {
  return Object.entries(membersSchema.parse(state).members).flatMap(([email, { status, merge_fields, tags, events }]) =>
    [
      `status = ${status}`,
      ...Object.entries(merge_fields).map(([tag, value]) => `${tag} = ${JSON.stringify(value)}`),
      ...tags.map((tag) => `tag ${tag}`),
      ...events.map(({ name, properties }) => `event ${name} ${String(properties.event_key)}`),
    ].map((line) => `member ${email}: ${line}`),
  );
}
