import type { SettingsInput } from '../../shared/settings/settings.ts';
import type { AlarmSettingsInput } from './alarm-settings.ts';

/**
 * The operator's companies in production, each under FareHarbor's shortname of it (the word after fareharbor.com/ in its
 * booking links). Only the name must be given:
 *
 *     companies: { 'harbor-kayaks': { name: 'Harbor Kayaks' } }
 *
 * example.ts shows two companies, reference.ts every setting with its default. Keys do not belong here, but into Secrets
 * Manager. What is wrong is named by `npm run synth -- -c stage=prod`.
 */
export const prodSettings: SettingsInput = {
  companies: {},
};

/** Who hears the alarms; alarm-settings.ts has the rest. Each address gets a mail from AWS to confirm. */
export const prodAlarms: AlarmSettingsInput = {
  // Woken at any hour: bookings are being lost, or arrive nowhere.
  pageEmails: [],
  // Told for the next working day: something waits for a person.
  ticketEmails: [],
};
