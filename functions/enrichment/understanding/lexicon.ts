import type { Signals } from '../../../shared/understanding/understanding.ts';

/** A value and the words that speak for it, in folded text: English, Spanish, French, German, Japanese. */
export type Entry<Value extends string> = readonly [value: Value, pattern: RegExp];

const ALLERGY = '(?:all?erg|アレルギー)';

/** An allergy to one of `foods`, named in either order within one clause, or one of `avoided` refused ("no nuts"). */
function allergyTo(foods: string, avoided: string): RegExp {
  return new RegExp(
    `\\b(?:no|sin|sans|ohne) (?:${avoided})\\b|${ALLERGY}[^.;!?\\n]{0,30}(?:${foods})|(?:${foods})[^.;!?\\n]{0,14}${ALLERGY}`,
  );
}

/** The first that is found counts: narrower occasions stand before wider ones. */
export const OCCASIONS: readonly Entry<Signals['occasion']>[] = [
  ['honeymoon', /honeymoon|luna de miel|lune de miel|voyage de noces|flitterwochen|hochzeitsreise|新婚旅行|ハネムーン/],
  ['anniversary', /\banniversary|aniversario|anniversaire de mariage|hochzeitstag|jubilaum|結婚記念日/],
  ['birthday', /birthday|\bb-?day\b|cumpleanos|\banniversaire|geburtstag|誕生日|バースデー/],
  [
    'proposal',
    /marriage proposal|propos(?:e|ing) to (?:my|her|him)|(?:will|going to|plan to|want to) propose\b|engagement ring|pedi(?:r|rle|da de) (?:la )?(?:matrimonio|mano)|demande en mariage|heiratsantrag|プロポーズ/,
  ],
  ['graduation', /\bgraduat(?:ion|ing|ed)|graduacion|remise de(?:s)? diplome|abschlussfeier|\babitur|卒業/],
  ['wedding', /\bwedding|\bboda\b|\bmariage|hochzeit(?!s(?:tag|reise))|結婚式/],
  ['other', /\bcelebrat|\bfestej|\bcelebra[rmn]|\bfeter\b|\bfeiern\b|お祝い/],
];

export const GROUP_KINDS: readonly Entry<Signals['groupKind']>[] = [
  [
    'corporate',
    /\bour (?:company|office|firm)\b|team (?:day|event|outing)|company (?:outing|event|trip|retreat|party|offsite)|\bcorporate\b|team[- ]?building|\boff-?site\b|\bcolleague|\bemployees|\bco-?workers|\boffice party|\bempresa\b|companeros de trabajo|\bentreprise\b|\bcollegues|firmen(?:feier|event|ausflug)|betriebsausflug|\bkollegen|\bmitarbeiter|会社|社員|同僚/,
  ],
  [
    'school',
    /\bschool\b|class trip|\bstudents\b|\bcolegio\b|\bescuela\b|\balumnos|\becole\b|\bclasse de\b|\beleves\b|schulklasse|klassenfahrt|\bschuler|学校|修学旅行|生徒/,
  ],
  [
    'private',
    /private (?:tour|boat|charter|group|trip)|just (?:for )?(?:the two of )?us\b|\bprivad[oa]\b|\bprivatis|tour prive|bateau prive|private[rns]? (?:fuhrung|boot)|privatfuhrung|貸切|貸し切り/,
  ],
  [
    'family',
    /\bfamily\b|\bkids\b|\bchildren\b|\bfamilia\b|\bninos\b|\bfamille\b|\benfants\b|\bfamilie\b|\bkinder[n]?\b|家族|子供|子ども/,
  ],
  [
    'friends',
    /\bfriends\b|bachelor(?:ette)?\b|hen party|stag (?:do|party)|\bamig[oa]s\b|\bamis\b|\bcopains\b|\bfreunde[n]?\b|junggesell|友達|友人/,
  ],
];

export const DIETARY: readonly Entry<Signals['dietary'][number]>[] = [
  ['vegetarian', /vegetarian|vegetarisch|vegetarien|vegetarier|ベジタリアン|菜食/],
  ['vegan', /\bvegan|vegetalien|ヴィーガン|ビーガン/],
  ['gluten-free', /(?:\b(?:no|sin|sans|ohne|kein) )?\bgluten|\bcelia[ck]|c[o]?elia[cq]|zoliakie|グルテン/],
  [
    'nut-allergy',
    allergyTo(
      '\\b(?:tree |pea)?nuts?\\b|cacahuete|frutos secos|nueces|arachide|\\bnoix\\b|nuss|ナッツ|ピーナッツ|落花生',
      'nuts?|peanuts?|frutos secos|noix|nusse',
    ),
  ],
  [
    'seafood-allergy',
    allergyTo(
      'seafood|shellfish|shrimp|prawn|\\bfish\\b|marisco|fruits de mer|crustac|meeresfrucht|krustentier|甲殻類|エビ|えび|カニ',
      'seafood|shellfish|fish|mariscos?|fruits de mer|meeresfruchte',
    ),
  ],
  ['halal', /\bhalal|ハラー?ル/],
  ['kosher', /\bkosher|\bkoscher|\bcasher|\bkascher|コーシャ/],
];
/** Food matters, though none of the kinds above was named. */
export const DIETARY_OTHER =
  /food all?erg|all?erg(?:y|ic|ies|ia|ie|isch|ique|ico|ica)|(?:lactose|dairy)[ -](?:free|intoler)|intoleran|unvertrag|アレルギー/;

export const ACCESSIBILITY: readonly Entry<Signals['accessibility'][number]>[] = [
  ['wheelchair', /wheel ?-?chair|silla de ruedas|fauteuil roulant|rollstuhl|車椅子|車いす|車イス/],
  [
    'limited-mobility',
    /(?:limited|reduced) mobility|mobility (?:issue|problem|scooter|impair|aid)|(?:can(?:no|')t|unable to|difficulty|trouble) (?:walk|climb)|\bcrutches|walking (?:stick|frame)|(?:uses?|with) a (?:walker|cane)\b|movilidad reducida|\bmuletas|mobilite reduite|\bbequilles|deambulateur|gehbehindert|gehhilfe|\bkrucken|\brollator|足が不自由|歩行困難|杖/,
  ],
  [
    'hearing',
    /\bdeaf\b|hard of hearing|hearing (?:aid|loss|impair)|\bsord[oa]s?\b|\bsourde?s?\b|malentendant|gehorlos|schwerhorig|耳が不自由|聴覚|難聴/,
  ],
  [
    'vision',
    /\bblind\b(?! date)|(?:visually|vision) impair|low vision|guide dog|\bcieg[oa]s?\b|\baveugle|malvoyant|\bblinde[rn]?\b|sehbehindert|目が不自由|視覚障|盲導犬/,
  ],
  ['pregnancy', /\bpregnan|embarazad|\benceinte|schwanger|妊娠|妊婦/],
  [
    'medical',
    /\bepilep|\bdiabet|heart (?:condition|problem|disease)|pacemaker|marcapasos|\basthma|\basma\b|\bseizure|oxygen tank|\bcardia(?:que|co|ca)\b|herz(?:krank|problem|schrittmacher|fehler)|てんかん|糖尿病|心臓|喘息|ペースメーカー/,
  ],
  [
    'other',
    /accessib\w+ (?:need|requirement|assist)|need\w* (?:an )?accessible|\bdisab(?:led|ilit)|discapacidad|discapacitad|handicape|situation de handicap|behinderung|barrierefrei|バリアフリー|障害者|障がい/,
  ],
];

/** Complaints as people word them; a bare "refund" may be a question, a bare "terrible" somebody's swimming. */
export const COMPLAINT: RegExp = new RegExp(
  [
    '\\bcomplain|\\bdisappoint|\\bunacceptable|\\brip-?off\\b|\\bfurious\\b|\\boutrag',
    '(?:terrible|awful|horrible|worst|appalling) (?:service|experience|tour|trip|guide|staff|company)',
    '(?:was|were) (?:very |so |really )?(?:terrible|awful|horrible|rude|appalling)',
    '(?:want|demand|expect) (?:a |my |our |the )?(?:full )?(?:refund|money back)',
    '\\bqueja|reclamacion|decepcionad|\\binaceptable|(?:quiero|exijo|exigimos) (?:un |el |mi )?reembolso|pesim[oa] (?:servicio|experiencia)|\\bestafa',
    '\\bplainte\\b|\\breclamation|\\bdecus?\\b|\\bdecues?\\b|inadmissible|\\binacceptable|(?:exige|veux|exigeons) (?:un |le |mon )?remboursement|scandaleu',
    'beschwer(?:de|en)|enttausch|unverschamt|inakzeptabel|\\bfrechheit|geld zuruck|(?:fordere|verlange)[^.]{0,20}erstattung',
    'クレーム|苦情|不満|がっかり|最悪|返金して|ひどい対応',
  ].join('|'),
);

export const URGENT: RegExp =
  /\burgent|\basap\b|as soon as possible|\bemergency|\bimmediately|\burgencia|lo antes posible|au plus vite|\bdringend|\bsofort\b|so schnell wie moglich|至急|緊急|大至急/;

/** The question asks about food, or about what somebody needs to take part. */
export const ASKS_DIET = /diet|all?erg|\bfood|comida|aliment|ernahr|unvertrag|アレルギー|食事|食物/;
export const ASKS_ACCESS =
  /accessib|mobility|wheelchair|disab|movilidad|discapac|mobilite|handicap|behinder|barrierefrei|medical|health condition|車椅子|車いす|バリアフリー|持病/;

/** Words of a clause before or after a finding that take it back. */
export const TAKEN_BACK_BEFORE =
  /(?:\b(?:no|not|non|without|none|never|sin|ningun[oa]?s?|nunca|pas|sans|aucune?s?|kein(?:e[nmrs]?)?|ohne|nicht)\b|n't\b|\bn'[a-z]+)[^.,;:!?\n]{0,14}$/;
export const TAKEN_BACK_AFTER = /^[^.,;!?\n。、]{0,6}(?:-?free of\b|なし|無し|ない|ません|不要)/;

/** Small words that give a language away. */
export const LANGUAGE_WORDS: readonly Entry<Signals['language']>[] = [
  ['en', /\b(?:the|and|we|is|are|for|with|please|my|our|you|have|will|would|this|that|thanks)\b/g],
  ['es', /\b(?:el|los|las|una|para|con|por|favor|somos|tenemos|gracias|hola|nuestro|nuestra|queremos|del|es|mi)\b/g],
  ['fr', /\b(?:le|les|des|une|pour|avec|nous|est|sommes|merci|bonjour|notre|mon|vous|avons|et|du)\b/g],
  ['de', /\b(?:der|die|das|und|wir|ist|ein|eine|fur|mit|bitte|danke|unser|unsere|haben|sind|nicht|ich)\b/g],
  ['it', /\b(?:il|gli|una|per|con|siamo|abbiamo|grazie|ciao|nostro|nostra|che|della|vorremmo|buongiorno)\b/g],
  ['pt', /\b(?:os|uma|para|com|somos|temos|obrigad[oa]|ola|nosso|nossa|voces?|nao|queremos|dia)\b/g],
];
