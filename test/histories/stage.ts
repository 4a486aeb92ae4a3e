import { createFareHarbor } from '../vendors/fareharbor/fareharbor.ts';
import { createMailchimp } from '../vendors/mailchimp/mailchimp.ts';
import { createSalesforce } from '../vendors/salesforce/salesforce.ts';
import { serveVendor } from '../vendors/server.ts';
import { VirtualTime } from './virtual-time.ts';
import { type OpenWorld, openWorld, type Vendors } from './world.ts';

/** The day on which every history begins. */
export const START = Date.parse('2026-03-10T18:00:00Z');

export interface Stage {
  readonly open: OpenWorld;
  close(): Promise<void>;
}

/** Starts the vendors once; each world then begins with everything empty. */
export async function startStage(): Promise<Stage> {
  const clock = { now: () => START };
  const vendors = await startVendors(() => clock.now());
  const servers = Object.values(vendors.servers);
  return {
    async open(options) {
      for (const server of servers) server.reset();
      const time = new VirtualTime(START);
      clock.now = () => time.now;
      return openWorld(options, { time, vendors });
    },
    async close() {
      await Promise.all(servers.map((server) => server.close()));
    },
  };
}

async function startVendors(now: () => number): Promise<Vendors> {
  const fareharbor = createFareHarbor({ rateLimit: false, now });
  const salesforce = createSalesforce({ requestLimit: 10_000_000, loginsPerHour: 10_000_000 });
  const mailchimp = createMailchimp();
  const servers = {
    fareharbor: await serveVendor(fareharbor),
    salesforce: await serveVendor(salesforce),
    mailchimp: await serveVendor(mailchimp),
  };
  return { fareharbor, salesforce, mailchimp, servers };
}
