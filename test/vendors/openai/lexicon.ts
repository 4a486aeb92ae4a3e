/**
 * Words that speak for a value of an enumeration, whatever the property is called. A value without an entry
 * is looked for as it is written, its hyphens as spaces.
 */
const WORDS: Readonly<Record<string, readonly string[]>> = {
  birthday: ['birthday', 'bday', 'cumpleaños', 'anniversaire', 'geburtstag', '誕生日'],
  anniversary: ['wedding anniversary', 'anniversary', 'aniversario', 'hochzeitstag', '結婚記念日'],
  honeymoon: ['honeymoon', 'luna de miel', 'lune de miel', 'flitterwochen', '新婚旅行'],
  wedding: ['wedding', 'bridal', 'boda', 'mariage', 'hochzeit', '結婚式'],
  proposal: ['propose', 'proposal', 'engagement ring', 'pedirle matrimonio', 'heiratsantrag', 'プロポーズ'],
  graduation: ['graduation', 'graduating', 'graduación'],
  corporate: [
    'corporate',
    'company',
    'team building',
    'colleagues',
    'employees',
    'empresa',
    'entreprise',
    'firma',
    '会社',
  ],
  school: ['school', 'students', 'class trip', 'escuela', 'école', 'schule', '学校'],
  family: ['family', 'kids', 'children', 'familia', 'famille', 'familie', '家族'],
  friends: ['friends', 'amigos', 'bachelorette', 'bachelor party', 'freunde', '友達'],
  private: ['private tour', 'private charter', 'privado', 'privée', 'privat'],
  vegetarian: ['vegetarian', 'vegetariano', 'vegetariana', 'végétarien', 'vegetarisch', 'ベジタリアン'],
  vegan: ['vegan', 'vegano', 'vegana', 'végan', 'ヴィーガン'],
  'gluten-free': ['gluten', 'celiac', 'coeliac', 'celíaco', 'celíaca', 'グルテン'],
  'nut-allergy': ['nut allergy', 'peanut', 'tree nut', 'allergic to nuts', 'frutos secos', 'arachide', 'nussallergie'],
  'seafood-allergy': ['shellfish', 'seafood allergy', 'allergic to seafood', 'mariscos'],
  halal: ['halal'],
  kosher: ['kosher'],
  wheelchair: ['wheelchair', 'silla de ruedas', 'fauteuil roulant', 'rollstuhl', '車椅子', '車いす'],
  'limited-mobility': [
    'walker',
    'crutches',
    'cane',
    'cannot climb',
    'limited mobility',
    'movilidad reducida',
    'gehbehindert',
  ],
  hearing: ['deaf', 'hard of hearing', 'hearing aid', 'sordo', 'sorda'],
  vision: ['blind', 'visually impaired', 'low vision', 'ciego', 'ciega'],
  pregnancy: ['pregnant', 'pregnancy', 'embarazada', 'enceinte', 'schwanger', '妊娠'],
  medical: ['epilepsy', 'diabetic', 'diabetes', 'heart condition', 'pacemaker'],
  high: ['urgent', 'asap', 'immediately', 'emergency', 'urgente', 'dringend', '至急'],
};

const COMPLAINT = [
  'complaint',
  'complain',
  'disappointed',
  'unacceptable',
  'terrible',
  'awful',
  'refund me',
  'queja',
  'decepcionado',
  'déçu',
  'beschwerde',
  'enttäuscht',
  'クレーム',
  '不満',
];

/** Values that say "nothing found", in the order they are preferred. */
export const NEUTRAL = ['none', 'unknown', 'normal', 'neutral', 'low'];

const NEGATIONS = /(?:\bno|\bnot an?|\bnot|\bwithout|\bsin|\bsans|\bohne|\bkeine?)\s+$/;

/** Whether a text speaks for a value of an enumeration; a plain "no …" before the word does not count. */
export function speaksFor(value: string, text: string): boolean {
  if (NEUTRAL.includes(value) || value === 'other') return false;
  return (WORDS[value] ?? [value.replaceAll(/[-_]/g, ' ')]).some((word) => says(text, word));
}

/** Whether a text speaks for a yes to a property of this name. */
export function affirms(property: string, text: string): boolean {
  return /complain/i.test(property) && COMPLAINT.some((word) => says(text, word));
}

const LANGUAGES: readonly (readonly [language: string, pattern: RegExp])[] = [
  ['ja', /[\u3040-\u30ff]/],
  ['ko', /[\uac00-\ud7af]/],
  ['zh', /[\u4e00-\u9fff]/],
  ['es', /\b(hola|gracias|por favor|nosotros|somos|tenemos|una|para|silla|con)\b/i],
  ['fr', /\b(bonjour|merci|nous|avec|une|pour|sommes|est)\b/i],
  ['de', /\b(hallo|danke|bitte|wir|und|eine|mit|für|ist)\b/i],
  ['it', /\b(ciao|grazie|siamo|per favore|abbiamo)\b/i],
  ['pt', /\b(olá|obrigado|obrigada|somos|temos)\b/i],
  ['en', /\b(the|and|please|we|is|my|are|for|with|a)\b/i],
];

/** ISO 639-1 of a text by its script and a few common words; undefined where nothing tells. */
export function languageOf(text: string): string | undefined {
  const script = LANGUAGES.slice(0, 3).find(([, pattern]) => pattern.test(text));
  if (script !== undefined) return script[0];
  const counted = LANGUAGES.slice(3).map(([language, pattern]) => {
    return { language, hits: text.match(new RegExp(pattern, 'giu'))?.length ?? 0 };
  });
  const best = counted.reduce((one, other) => (other.hits > one.hits ? other : one));
  return best.hits === 0 ? undefined : best.language;
}

function says(text: string, word: string): boolean {
  const lower = text.toLowerCase();
  for (let at = lower.indexOf(word); at >= 0; at = lower.indexOf(word, at + 1)) {
    const whole = !isLetter(lower[at - 1]) && (!isLetter(lower[at + word.length]) || !isLatin(word));
    if ((whole || !isLatin(word)) && !NEGATIONS.test(lower.slice(Math.max(0, at - 12), at))) return true;
  }
  return false;
}

function isLetter(character: string | undefined): boolean {
  return character !== undefined && /\p{L}/u.test(character);
}

function isLatin(word: string): boolean {
  return /\p{Script=Latin}/u.test(word);
}
