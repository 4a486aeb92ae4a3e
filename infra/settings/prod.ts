import type { SettingsInput } from '../../shared/settings/settings.ts';

/**
 * The operator's settings in production. Add each company under FareHarbor's shortname of it (the word after
 * fareharbor.com/ in its booking links); dev.ts shows what can be set.
 */
export const prodSettings: SettingsInput = { companies: {} };
