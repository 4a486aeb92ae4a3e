import type { Booking } from '../../../shared/booking/booking.ts';
import { fold, visible } from './folding.ts';

/** Longer texts are cut: nobody writes so much, and what is sent to a model is paid by length. */
const LONGEST_NOTE = 4_000;
const LONGEST_ANSWER = 600;
const LONGEST_QUESTION = 150;
const MOST_ANSWERS = 30;

/** One question with what was answered, both as people see them. */
export interface Said {
  readonly question: string;
  readonly answer: string;
  /** A yes to a yes-or-no question: the question's words are what the guest says. */
  readonly yes: boolean;
}

/** What a guest (or the desk for them) wrote, and nothing that only says who they are. */
export interface GuestWords {
  readonly note: string;
  readonly answers: readonly Said[];
  /** Somebody wrote freely: there is something that only a reader understands. */
  readonly free: boolean;
  /** Answers to questions for names, addresses, numbers: never read, but to be found and hidden elsewhere. */
  readonly personal: readonly { readonly value: string; readonly isName: boolean }[];
}

const NAME_QUESTION =
  /\b(names?|surname|nombres?|apellidos?|nom|prenom|vorname|nachname|namen|nome|cognome)\b|名前|氏名|お名前|フリガナ/;
const OTHER_PERSONAL =
  /e-?mail|correo|courriel|\bphone|telefon|telephone|\bmobile\b|\bmovil\b|handy|whatsapp|wechat|instagram|address|direccion|adresse|anschrift|passport|pasaporte|passeport|reisepass|\bdni\b|licen[cs]e|birth ?date|date of birth|\bdob\b|nacimiento|naissance|geburtsdatum|credit card|電話|住所|メール|生年月日|パスポート/;
/** Field types whose answer is picked or counted, not written. */
const PICKED = /^(yes-no|count|extended-option|multi-campaign|checkbox|select|date|number)/;
const YES = /^(yes|y|true|si|oui|ja|sim|はい|1|x|✓)[.!]?$/;
const NOTHING =
  /^(no|n|non|nope|none|nein|keine?|nada|ningun[oa]?|aucune?|nil|null|false|n\/?a|not applicable|no thank(s| you)|0|-+|\.+|なし|無し|ない|特になし|特にありません|いいえ)[.!]?$/;

/** Picks out of a booking what may be read for meaning, cut to a bounded length. */
export function wordsOf(booking: Booking): GuestWords {
  const asked = booking.answers.map(({ question, type, value }) => {
    const folded = fold(question);
    const isName = NAME_QUESTION.test(folded);
    return { question, type, value: visible(value).trim(), isName, isPersonal: isName || OTHER_PERSONAL.test(folded) };
  });
  const telling = asked.filter(({ value, isPersonal }) => !isPersonal && tells(value)).slice(0, MOST_ANSWERS);
  const note = cut(visible(booking.note).trim(), LONGEST_NOTE);
  return {
    note: NOTHING.test(fold(note)) ? '' : note,
    answers: telling.map(({ question, value }) => ({
      question: cut(visible(question).trim(), LONGEST_QUESTION),
      answer: cut(value, LONGEST_ANSWER),
      yes: YES.test(fold(value)),
    })),
    free: tells(note) || telling.some(({ type, value }) => !PICKED.test(type) && !YES.test(fold(value))),
    personal: asked.filter(({ isPersonal }) => isPersonal).map(({ value, isName }) => ({ value, isName })),
  };
}

/** Says something in words: not empty, not a number, not a way to write "nothing". */
function tells(text: string): boolean {
  return /\p{L}/u.test(text) && !NOTHING.test(fold(text).trim());
}

/** The first `most` characters, none cut in half. */
export function cut(text: string, most: number): string {
  return text.length <= most
    ? text
    : Array.from(text.slice(0, most * 2))
        .slice(0, most)
        .join('');
}
