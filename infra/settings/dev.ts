import type { CompanySettingsInput, SettingsInput } from '../../shared/settings/settings.ts';
import type { AlarmSettingsInput } from './alarm-settings.ts';

/** The stand-in's model costs what the default one does, so that local figures mean something. */
const model: CompanySettingsInput['model'] = {
  prices: { 'gpt-local': { inputPerMillion: 0.25, cachedInputPerMillion: 0.025, outputPerMillion: 2 } },
};

/** Three invented operators: one in dollars, one in euros, one in yen (which has no decimals). */
const harborKayaks: CompanySettingsInput = {
  name: 'Harbor Kayaks',
  model,
  catalogue: [
    {
      id: 'sunrise-kayak',
      name: 'Sunrise Kayak Tour',
      itemPk: 11001,
      interests: ['kayak', 'sunrise'],
      category: 'water',
    },
    { id: 'turtle-snorkel', name: 'Turtle Snorkelling', itemPk: 11002, interests: ['snorkel', 'wildlife', 'family'] },
    {
      id: 'sunset-paddle',
      name: 'Sunset paddle with dinner',
      interests: ['kayak', 'sunset', 'couples'],
      maxPartySize: 8,
      months: [4, 5, 6, 7, 8, 9, 10],
    },
    { id: 'whale-watch', name: 'Whale watching', interests: ['whale', 'wildlife', 'family'], months: [1, 2, 3, 4, 12] },
    { id: 'team-regatta', name: 'Team regatta', interests: ['corporate', 'group'], minPartySize: 10 },
  ],
  score: { routing: [{ when: { segments: ['corporate-group'], minPartySize: 20 }, to: 'rep' }] },
  // An operator who has looked at it for a while and lets it write.
  acts: { summary: { mode: 'automatic' }, route: { mode: 'automatic' } },
};

const bateauMouette: CompanySettingsInput = {
  name: 'Bateau Mouette',
  model,
  catalogue: [
    {
      id: 'coucher-de-soleil',
      name: 'Croisière au coucher du soleil',
      itemPk: 12001,
      interests: ['cruise', 'sunset', 'couples'],
    },
    { id: 'diner-croisiere', name: 'Dîner-croisière', interests: ['dinner', 'couples'], maxPartySize: 20 },
    { id: 'bateau-prive', name: 'Bateau privé', interests: ['private', 'group', 'corporate'], minPartySize: 6 },
    { id: 'canal-matinal', name: 'Canal du matin', interests: ['cruise', 'history', 'family'] },
  ],
  segments: { highValueSpend: 900 },
  salesforce: { orgCurrency: 'EUR' },
};

const umiTours: CompanySettingsInput = {
  name: 'Umi Tours',
  model,
  catalogue: [
    { id: 'island-snorkel', name: 'Island Snorkelling Day', itemPk: 13001, interests: ['snorkel', 'beach'] },
    { id: 'tea-and-shore', name: 'Tea ceremony and shore walk', interests: ['culture', 'walk', 'couples'] },
    { id: 'squid-night', name: 'Night squid fishing', interests: ['fishing', 'night'], maxPartySize: 6 },
  ],
  segments: { highValueSpend: 150_000 },
  salesforce: { orgCurrency: 'JPY' },
};

export const devSettings: SettingsInput = {
  companies: { 'harbor-kayaks': harborKayaks, 'bateau-mouette': bateauMouette, 'umi-tours': umiTours },
};

/** A stage for trying is silent for days, and nobody is woken by it. */
export const devAlarms: AlarmSettingsInput = { queueAgeMinutes: 15, silenceHours: null };
