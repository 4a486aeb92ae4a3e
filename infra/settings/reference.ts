import type { CompanySettingsInput } from '../../shared/settings/settings.ts';

/**
 * Every setting of a company. Nothing here is deployed: copy what you want to differ into prod.ts, and leave the rest out.
 * Tests keep both parts complete, and the first one true.
 */

/** All that has a default, at its default. Only the name must be given. */
export const DEFAULTS: CompanySettingsInput = {
  // What guests and staff call the company.
  name: 'Harbor Kayaks',
  // Titles of your own questions in FareHarbor whose answer is the true party size: a private tour counts as one customer.
  partySizeQuestions: ['people', 'party size', 'group size', 'personas', 'cantidad'],
  // What may be recommended to guests; MORE has an entry.
  catalogue: [],
  // The lead score: points that each fact gives in full (-50 to 50), and what they lead to (0 to 100).
  score: {
    weights: {
      base: 10, // every booking
      partySize: 25,
      bookingValue: 20,
      corporateEmail: 15, // an organisation's domain, not gmail.com
      daysAhead: 10,
      earlierBookings: 10,
      earlierSpend: 10,
      privateTour: 8,
      children: 4,
      weekend: 0,
      affiliate: -10, // sold by somebody else: their guest
      unreachable: -15, // neither e-mail nor phone
      earlierCancellations: -10,
      earlierNoShows: -10,
    },
    repLine: 60, // from here on it goes to the sales queue
    routing: [], // your own rules before that line; MORE has one
    hotLine: 70,
    warmLine: 40,
    modelClamp: 10, // the most that what the guest wrote may add or take
  },
  segments: {
    groupSize: 10, // people
    highValueSpend: 1000, // in the company's currency
    lapsedMonths: 12, // since the last tour
  },
  // The risk that a guest does not come again: points (-100 to 100), and the lines between low, medium and high.
  churn: {
    weights: { monthsAway: 60, cancelledShare: 80, noShows: 60, overdue: 20, tourToCome: -10 },
    mediumLine: 30,
    highLine: 60,
  },
  // What speaks for an entry of the catalogue.
  upsell: { weights: { sharedInterest: 2, suitedParty: 3, unsuitedParty: -1 } },
  // Predicted value: years looked ahead, bookings a year of a guest not known yet, share that stays by churn risk.
  value: { years: 3, usualPerYear: 0.2, usualYears: 1, stays: { low: 0.9, medium: 0.6, high: 0.2 } },
  // Coefficients learnt from your own history; MORE has them.
  risk: {},
  model: {
    enabled: true, // false: rules only, and nothing is sent to a model
    api: 'responses', // 'chat' for servers that know only Chat Completions
    freeText: 'redacted', // 'never': not one word that a guest wrote
    dailyBudgetUsd: 5, // of this company, a UTC day
    prices: {}, // where yours differ; MORE has one
    name: 'gpt-5-mini', // where the secret names none
    timeoutMs: 4000, // then rules answer
  },
  fareharbor: {
    whenBudgetSpent: 'body', // 'wait': a booking waits until FareHarbor could be asked
    sweepEveryHours: 6, // null: never
    sweepDaysBack: 2,
    sweepDaysAhead: 14,
  },
  salesforce: {
    enabled: true, // false: the company has no Salesforce
    personAccounts: false,
    multiCurrency: false,
    orgCurrency: 'USD',
    stages: { won: 'Closed Won', pending: 'Negotiation/Review', lost: 'Closed Lost' },
    caseOwnerId: null, // id of a user or queue; null: Salesforce's own assignment
    fields: {}, // to fields of your own; MORE has examples
    dayLimit: { slowAbove: 0.7, stopAbove: 0.85 }, // shares of the org's calls a day
  },
  mailchimp: {
    enabled: true, // false: the company has no Mailchimp
    events: true, // false: members and tags, but nothing that starts a journey
  },
  // A destination pauses itself where an hour brings more than both of these.
  volume: { times: 10, atLeast: 5000 },
  // When webhooks are usual; MORE has them. Null: their absence is told of only after a day (alarm-settings.ts).
  openHours: null,
  silenceHours: 4, // of opening time without any webhook, after which somebody is told
  // How far what is driven by AI may go; MORE has examples, README.md the defaults ("What is written by itself").
  acts: {},
};

/** What has no default: each where it belongs, with values that only show the form. */
export const MORE: CompanySettingsInput = {
  name: 'Harbor Kayaks',
  catalogue: [
    {
      id: 'sunset-paddle', // small letters, digits and dashes; never change it
      name: 'Sunset paddle with dinner', // as people shall read it
      itemPk: 11003, // FareHarbor's, so that nobody is offered what they have booked; null where there is none
      interests: ['kayak', 'sunset', 'couples'],
      category: 'water', // any word of yours, or null
      minPartySize: 1,
      maxPartySize: 8,
      months: [4, 5, 6, 7, 8, 9, 10], // empty: all year
      weekdays: [5, 6, 7], // 1 is Monday; empty: all
      closed: [{ from: '2027-07-04', to: '2027-07-05' }], // both days included
    },
  ],
  score: {
    routing: [
      // The first that fits decides; what is left out of `when` does not matter. `to` is 'rep' or 'nurture'.
      { when: { segments: ['corporate-group'], minPartySize: 20, corporate: true }, to: 'rep' },
      { when: { minScore: 0, maxScore: 30, items: [11001, 11002] }, to: 'nurture' },
    ],
  },
  risk: {
    // Written by `npm run evaluate -- --own`.
    model: {
      version: 'own-2027-01',
      cancellation: { intercept: -2.1, baseRate: 0.11, terms: { leadTime: { weight: 0.3, typical: 2.4 } } },
      noShow: { intercept: -3.4, baseRate: 0.03, terms: { paidShare: { weight: -0.8, typical: 0.9 } } },
    },
  },
  model: {
    // Dollars per million tokens, by the model's name.
    prices: { 'my-model': { inputPerMillion: 0.25, cachedInputPerMillion: 0.025, outputPerMillion: 2 } },
  },
  salesforce: {
    // `Object.Field` as Harborlight names it: the org's own field, or null to leave it out.
    fields: { 'Opportunity.Affiliate__c': 'Partner__c', 'Contact.Churn_Risk__c': null },
  },
  openHours: { timeZone: 'Pacific/Honolulu', days: [1, 2, 3, 4, 5, 6, 7], from: '07:00', to: '19:00' },
  acts: {
    // off, shadow, assisted or automatic; from a score on; only for some items or segments. `npm run ops -- settings` overrides it.
    summary: { mode: 'assisted', minScore: 40, items: [11001], segments: ['group', 'corporate-group'] },
    event: { mode: 'off' },
  },
};
