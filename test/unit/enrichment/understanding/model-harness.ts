import { afterAll, beforeAll, beforeEach } from 'vitest';
import type { ModelEconomy } from '../../../../functions/enrichment/model-economy/economy.ts';
import { NOTHING_SEEN } from '../../../../functions/enrichment/standing/distribution.ts';
import type { ModelAccess } from '../../../../functions/enrichment/understanding/model.ts';
import { understand } from '../../../../functions/enrichment/understanding/understand.ts';
import type { Booking } from '../../../../shared/booking/booking.ts';
import type { CompanySettings } from '../../../../shared/settings/settings.ts';
import { type Understanding, understandingSchema } from '../../../../shared/understanding/understanding.ts';
import { createOpenAi } from '../../../vendors/openai/openai.ts';
import { type RunningVendor, serveVendor } from '../../../vendors/server.ts';
import { aBooking } from '../../shared/booking-fixture.ts';
import { listening } from '../../shared/quiet.ts';
import { freeEconomy } from './free-economy.ts';
import { BOOKED_AT, historyOf, NOW, privateGuest, settingsWith } from './understanding-fixture.ts';

export const honeymoon = aBooking({
  contact: privateGuest,
  note: 'It is our honeymoon, and my husband uses a wheelchair. We would love to see more of the sea!',
});

export interface Circumstances {
  /** Undefined: the company has no key. Left out: the stand-in's. */
  readonly access?: ModelAccess | undefined | (() => Promise<ModelAccess>);
  readonly settings?: CompanySettings;
  readonly previous?: Understanding;
  readonly economy?: ModelEconomy;
  readonly again?: boolean;
}

async function run(booking: Booking, access: Circumstances['access'], given: Circumstances) {
  const heard = listening();
  const understanding = await understand(
    {
      booking,
      profile: historyOf([booking]),
      previous: given.previous,
      settings: given.settings ?? settingsWith(),
      now: NOW,
      bookedAt: BOOKED_AT,
      again: given.again ?? false,
    },
    {
      ...heard,
      readModel: async () => (typeof access === 'function' ? await access() : access),
      economy: given.economy ?? freeEconomy(),
      readDistribution: async () => NOTHING_SEEN,
    },
  );
  return { understanding: understandingSchema.parse(understanding), heard };
}

/** A model stand-in for one test file, empty before each test, and `understand` as it runs with it. */
export function withModel() {
  const openAi = createOpenAi();
  let server: RunningVendor | undefined;
  const running = (): RunningVendor => {
    if (server === undefined) throw new TypeError('the stand-in is not yet running');
    return server;
  };
  beforeAll(async () => {
    server = await serveVendor(openAi);
  });
  beforeEach(() => running().reset());
  afterAll(() => running().close());
  const access = (): ModelAccess => ({ apiKey: 'sk-local', baseUrl: `${running().url}/v1`, model: 'gpt-local' });
  return {
    openAi,
    server: running,
    access,
    run: (booking: Booking, given: Circumstances = {}) =>
      run(booking, 'access' in given ? given.access : access(), given),
  };
}
