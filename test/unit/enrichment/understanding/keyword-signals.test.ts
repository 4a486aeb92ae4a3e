import { describe, expect, it } from 'vitest';
import { featuresOf } from '../../../../functions/enrichment/understanding/features.ts';
import { wordsOf } from '../../../../functions/enrichment/understanding/guest-words.ts';
import { keywordSignals } from '../../../../functions/enrichment/understanding/keyword-signals.ts';
import type { Answer, Booking } from '../../../../shared/booking/booking.ts';
import type { Signals } from '../../../../shared/understanding/understanding.ts';
import { aBooking } from '../../shared/booking-fixture.ts';
import { answered, BOOKED_AT, historyOf, people, privateGuest, settingsWith, silent } from './understanding-fixture.ts';

function read(changes: Partial<Booking>): Signals {
  const booking = aBooking({ contact: { ...privateGuest, language: null }, ...changes });
  const features = featuresOf(booking, historyOf([booking]), BOOKED_AT);
  const { catalogue } = settingsWith();
  return keywordSignals(wordsOf(booking), { features, catalogue, contactLanguage: booking.contact.language });
}
const note = (text: string) => read({ note: text });
const answers = (...given: Answer[]) => read({ answers: given });

describe('keywordSignals', () => {
  it.each<[string, Partial<Signals>]>([
    [
      "It is my wife's birthday and she has a nut allergy",
      { occasion: 'birthday', dietary: ['nut-allergy'], language: 'en' },
    ],
    ['My mother uses a wheelchair, please help', { accessibility: ['wheelchair'] }],
    ['Team building for our company, colleagues from the office', { groupKind: 'corporate' }],
    ['I am very disappointed and want a refund', { complaint: true }],
    ['Please call me back, it is urgent', { urgency: 'high' }],
    [
      'Es nuestra luna de miel; mi esposo usa silla de ruedas',
      { occasion: 'honeymoon', accessibility: ['wheelchair'], language: 'es' },
    ],
    ['Soy alérgica a los frutos secos. Viajo con mi familia.', { dietary: ['nut-allergy'], groupKind: 'family' }],
    ['Quiero poner una queja, el guía fue horrible', { complaint: true }],
    [
      'Nous fêtons notre anniversaire de mariage, ma femme est enceinte',
      { occasion: 'anniversary', accessibility: ['pregnancy'], language: 'fr' },
    ],
    ["C'est l'anniversaire de ma fille, elle est végétarienne", { occasion: 'birthday', dietary: ['vegetarian'] }],
    [
      'Wir feiern Hochzeitstag, mein Vater sitzt im Rollstuhl und ist Vegetarier',
      { occasion: 'anniversary', accessibility: ['wheelchair'], dietary: ['vegetarian'], language: 'de' },
    ],
    ['Ich bin sehr enttäuscht und möchte eine Beschwerde einreichen', { complaint: true }],
    [
      '妻の誕生日です。えびアレルギーがあります。車椅子を使います',
      { occasion: 'birthday', dietary: ['seafood-allergy'], accessibility: ['wheelchair'], language: 'ja' },
    ],
    ['会社の同僚と行きます。至急お返事ください', { groupKind: 'corporate', urgency: 'high' }],
    ['We would love to try snorkelling', { upsellAffinity: ['snorkel-cove'] }],
  ])('%s', (text, expected) => {
    expect(note(text)).toMatchObject(expected);
  });

  it.each([
    'No allergies, no wheelchair, nothing special.',
    'Sin alergias, gracias',
    "Pas d'allergie, pas de fauteuil roulant",
    'Keine Allergien, kein Rollstuhl nötig',
    'アレルギーなし、車椅子は不要',
    "We don't have any complaints!",
    'What is your refund policy? I am a terrible swimmer.',
    'Looking forward to your company',
    'Is there parking near the pier?',
  ])('finds nothing in: %s', (text) => {
    expect(note(text)).toEqual({ ...silent, language: note(text).language });
  });

  it('reads a long note of a group', () => {
    const signals = read({
      note: 'Lighthouse Bank team day, 24 people, invoice to our office.\nThree vegetarians, one coeliac (strictly gluten free), one colleague with a severe peanut allergy.\nOne of us uses a wheelchair. If it rains we would rather move the day.',
      answers: [answered('Do you need wheelchair access?', 'Yes', 'yes-no')],
    });
    expect(signals).toMatchObject({
      groupKind: 'corporate',
      dietary: ['vegetarian', 'gluten-free', 'nut-allergy'],
      accessibility: ['wheelchair'],
      complaint: false,
      language: 'en',
    });
  });

  it('takes gluten-free for a need though it says "no"', () => {
    expect(note('no gluten please').dietary).toEqual(['gluten-free']);
  });

  it('reads an answer by its question', () => {
    expect(answers(answered('Does anyone use a wheelchair?', 'Yes', 'yes-no')).accessibility).toEqual(['wheelchair']);
    expect(answers(answered('Does anyone use a wheelchair?', 'No', 'yes-no')).accessibility).toEqual([]);
    expect(answers(answered('Any food allergies?', 'peanuts')).dietary).toEqual(['nut-allergy']);
    expect(answers(answered('Any food allergies?', 'mango')).dietary).toEqual(['other']);
    expect(answers(answered('Any food allergies?', 'None')).dietary).toEqual([]);
    expect(answers(answered('Accessibility needs', 'My knee')).accessibility).toEqual(['other']);
    expect(answers(answered('Accessibility needs', 'n/a')).accessibility).toEqual([]);
  });

  it('tells the kind of group from the booking where words do not', () => {
    const contact = { ...privateGuest, email: 'events@acme-robotics.test' };
    expect(read({ contact, partySize: 12 }).groupKind).toBe('corporate');
    expect(read({ customers: [...people(2), ...people(1, 'Child')], partySize: 3 }).groupKind).toBe('family');
    expect(read({}).groupKind).toBe('unknown');
  });

  it('takes FareHarbor’s language where the text tells none', () => {
    expect(read({ contact: { ...privateGuest, language: 'es-mx' } }).language).toBe('es');
    expect(read({ contact: { ...privateGuest, language: 'xx' } }).language).toBe('unknown');
  });
});

describe('wordsOf', () => {
  const free = (...given: Answer[]) => wordsOf(aBooking({ answers: given })).free;

  it('finds nothing to read in picks, numbers and ways to say nothing', () => {
    expect(
      free(
        answered('Wheelchair?', 'Yes', 'yes-no'),
        answered('How many?', '12'),
        answered('Allergies?', 'Ninguna'),
        answered('Shoe size', 'Large', 'extended-option'),
        answered('Anything else?', ' N/A. '),
        answered('Your name', 'Noa Kealoha'),
      ),
    ).toBe(false);
    expect(wordsOf(aBooking({ note: ' - ' })).free).toBe(false);
    expect(wordsOf(aBooking({ note: '特になし' })).note).toBe('');
  });

  it('finds free text in a note or an answer', () => {
    expect(free(answered('Anything else?', 'we come by boat'))).toBe(true);
    expect(wordsOf(aBooking({ note: 'hi' })).free).toBe(true);
  });

  it('keeps personal answers out of what is read', () => {
    const { answers: said, personal } = wordsOf(
      aBooking({
        answers: [answered('Guest’s name', 'Noa'), answered('Teléfono', 'see below'), answered('Diet', 'vegan')],
      }),
    );
    expect(said.map(({ question }) => question)).toEqual(['Diet']);
    expect(personal.map(({ value }) => value)).toEqual(['Noa', 'see below']);
  });

  it('is bounded, and cuts no character in half', () => {
    const words = wordsOf(
      aBooking({
        note: '🛶'.repeat(9_000),
        answers: Array.from({ length: 80 }, () => answered('Diet', 'x'.repeat(2048))),
      }),
    );
    expect(Array.from(words.note)).toHaveLength(4_000);
    expect(words.note.isWellFormed()).toBe(true);
    expect(words.answers).toHaveLength(30);
    expect(words.answers[0]?.answer).toHaveLength(600);
  });
});
