/**
 * A text as a SOQL literal. Both the backslash and the quote are escaped (the backslash first): escaping quotes only
 * would let a text that ends in a backslash open the literal again.
 */
export function soqlText(text: string): string {
  return `'${text
    .replaceAll('\\', '\\\\')
    .replaceAll("'", "\\'")
    .replace(/[\n\r\t]/g, ' ')}'`;
}

/**
 * The ways in which people and other systems may have typed an E.164 number into Salesforce, which compares phone
 * fields as plain text.
 */
export function phoneForms(e164: string): string[] {
  const digits = e164.replace(/\D/g, '');
  const [, area, exchange, line] = /^1(\d{3})(\d{3})(\d{4})$/.exec(digits) ?? [];
  const forms = [`+${digits}`, digits];
  if (area === undefined) return forms;
  return [
    ...forms,
    `${area}${exchange}${line}`,
    `(${area}) ${exchange}-${line}`,
    `${area}-${exchange}-${line}`,
    `${area}.${exchange}.${line}`,
    `+1 ${area}-${exchange}-${line}`,
    `+1 (${area}) ${exchange}-${line}`,
    `1-${area}-${exchange}-${line}`,
  ];
}
