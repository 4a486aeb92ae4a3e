import { expect, it, onTestFinished } from 'vitest';
import { readConfig } from '../../infra/local/config.ts';
import type { Stack } from '../../infra/local/stack.ts';
import { post } from '../bench/load.ts';
import { recordOf, settled, startPipeline, synced } from './driver.ts';

const CHANGES = 500;
/** A batch holds ten messages of a booking: 50 if all are full, and more where webhooks come more slowly than they are worked on. */
const MOST_CALLS = 150;
const EMAIL = 'collapse@guests.test';

/** A booking of two whose party and note change 500 times, each change made just before its webhook is sent. */
function* changes({ vendors }: Stack, uuid: string): Generator<string> {
  const { vendor } = vendors.fareharbor;
  for (let change = 1; change <= CHANGES; change += 1) {
    vendor.edit(uuid, { party: { Adult: change === CHANGES ? 7 : 1 + (change % 5) }, note: `edit ${change}` });
    yield vendor.bodyOf(uuid);
  }
}

/** Without API access the order of receipt is all there is, so that webhooks come one after the other there. */
it.each([
  ['with API access', {}, 10],
  ['without API access', { FAREHARBOR_APP_KEY: '' }, 1],
])(
  '500 changes to one booking, as fast as they come, become few calls and end at the last: %s',
  async (_, environment, connections) => {
    const stack = await startPipeline({ config: readConfig(environment) });
    onTestFinished(() => stack.close());
    const { fareharbor, salesforce, mailchimp } = stack.vendors;
    const { uuid } = fareharbor.vendor.book({ contact: { email: EMAIL } });
    await post(stack.webhookUrl, changes(stack, uuid), connections);
    await settled(stack, 80_000);

    expect(await synced(stack, uuid, 'crm')).toBe(true);
    expect(await synced(stack, uuid, 'marketing')).toBe(true);
    expect((await recordOf(stack, uuid))?.booking).toMatchObject({ partySize: 7, note: `edit ${CHANGES}` });
    expect(salesforce.vendor.records('Opportunity')).toMatchObject([
      { FareHarbor_Booking_UUID__c: uuid, Party_Size__c: 7, Special_Requests__c: `edit ${CHANGES}` },
    ]);
    expect(salesforce.vendor.records('Contact')).toHaveLength(1);
    expect(mailchimp.vendor.contact(EMAIL)?.mergeValues.BOOKINGS).toBe(1);

    const writes = {
      opportunity: salesforce.vendor.history.filter(({ object }) => object === 'Opportunity').length,
      member: mailchimp.server.requests.filter(({ route }) => route === 'member.put').length,
      events: mailchimp.vendor.contact(EMAIL)?.events.length ?? 0,
    };
    console.log(
      `${CHANGES} webhooks: ${fareharbor.server.requests.length} calls of FareHarbor, ${JSON.stringify(writes)}`,
    );
    expect(fareharbor.server.requests.length).toBeLessThanOrEqual(MOST_CALLS);
    for (const count of Object.values(writes)) {
      expect(count).toBeGreaterThan(0);
      expect(count).toBeLessThanOrEqual(MOST_CALLS);
    }
  },
);
