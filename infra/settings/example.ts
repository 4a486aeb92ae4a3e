import type { SettingsInput } from '../../shared/settings/settings.ts';

/**
 * Two companies of one operator, as prod.ts may look. Nothing here is deployed. Keys are no settings: the secrets have an
 * entry for each company by the same shortname, and `*` for all that have none of their own.
 */
export const exampleSettings: SettingsInput = {
  companies: {
    // FareHarbor's shortname: the word after fareharbor.com/ in the company's booking links.
    'harbor-kayaks': {
      name: 'Harbor Kayaks',
      catalogue: [
        { id: 'sunrise-kayak', name: 'Sunrise Kayak Tour', itemPk: 11001, interests: ['kayak', 'sunrise'] },
        { id: 'team-regatta', name: 'Team regatta', interests: ['corporate', 'group'], minPartySize: 10 },
      ],
      // Large groups of companies go to a person, whatever their score.
      score: { routing: [{ when: { segments: ['corporate-group'], minPartySize: 20 }, to: 'rep' }] },
    },
    'bateau-mouette': {
      name: 'Bateau Mouette',
      catalogue: [
        { id: 'coucher-de-soleil', name: 'Croisière au coucher du soleil', interests: ['cruise', 'couples'] },
      ],
      segments: { highValueSpend: 900 },
      // Its org counts in euros, and calls a won sale otherwise.
      salesforce: { orgCurrency: 'EUR', stages: { won: 'Gagnée' } },
      // It has no Mailchimp, and no guest's word may leave the account.
      mailchimp: { enabled: false },
      model: { enabled: false },
    },
  },
};
