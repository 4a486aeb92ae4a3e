/** Characters that show nothing and can hide or split words: controls but line breaks, format, unassigned, private. */
const INVISIBLE = /(?![\n\t])(?:\p{C}|\p{Default_Ignorable_Code_Point})/gu;

/** A guest's text as a person sees it: one form for each character (full-width digits too), nothing invisible. */
export function visible(text: string): string {
  return text.toWellFormed().normalize('NFKC').replace(/\r\n?/g, '\n').replace(INVISIBLE, '');
}

/** Text for comparing words: visible, lower-case, Latin letters without their accents, plain apostrophes. */
export function fold(text: string): string {
  return visible(text)
    .toLowerCase()
    .normalize('NFD')
    .replace(/[\u0300-\u036f]/g, '')
    .normalize('NFC')
    .replace(/[’‘`´]/g, "'");
}
