/** One element of an XML document. Text is decoded and, beside child elements, trimmed. */
export interface XmlElement {
  readonly name: string;
  readonly attributes: Readonly<Record<string, string>>;
  readonly children: readonly XmlElement[];
  readonly text: string;
}

interface OpenElement {
  readonly name: string;
  readonly attributes: Record<string, string>;
  readonly children: XmlElement[];
  text: string;
}

const NAME = '[A-Za-z_][\\w.:-]*';
const TOKEN = new RegExp(
  `<\\?[\\s\\S]*?\\?>|<!--[\\s\\S]*?-->|</(${NAME})\\s*>|<(${NAME})((?:\\s+${NAME}\\s*=\\s*(?:"[^"<]*"|'[^'<]*'))*)\\s*(/?)>|[^<]+|<`,
  'g',
);
const ATTRIBUTE = new RegExp(`(${NAME})\\s*=\\s*(?:"([^"<]*)"|'([^'<]*)')`, 'g');
const ENTITIES: Readonly<Record<string, string>> = { amp: '&', lt: '<', gt: '>', quot: '"', apos: "'" };

/**
 * Reads a well-formed XML document (elements, attributes, comments, entities; no CDATA, no DTD: metadata files have none).
 *
 * @throws Error naming the offset where the document stops being well-formed.
 */
export function parseXml(source: string): XmlElement {
  const root: OpenElement = { name: '', attributes: {}, children: [], text: '' };
  const open: OpenElement[] = [root];
  for (const token of source.matchAll(TOKEN)) {
    const [text, closing, opening, attributes, selfClosing] = token;
    const parent = open.at(-1) ?? root;
    if (closing !== undefined) closeElement(open, closing, token.index);
    else if (opening !== undefined) {
      const element: OpenElement = { name: opening, attributes: readAttributes(attributes), children: [], text: '' };
      if (selfClosing === '/') parent.children.push(element);
      else open.push(element);
    } else if (text === '<') throw new Error(`not well-formed at offset ${token.index}`);
    else if (!text.startsWith('<')) parent.text += decode(text, token.index);
  }
  const [document, second] = root.children;
  if (open.length > 1) throw new Error(`<${open.at(-1)?.name}> is never closed`);
  if (document === undefined || second !== undefined) throw new Error('a document has exactly one root element');
  if (root.text.trim() !== '') throw new Error('text outside the root element');
  return document;
}

/** The text of an element's first child of that name; undefined when there is none. */
export function childText(element: XmlElement, name: string): string | undefined {
  return element.children.find((child) => child.name === name)?.text;
}

function closeElement(open: OpenElement[], name: string, offset: number): void {
  const element = open.pop();
  const parent = open.at(-1);
  if (element === undefined || parent === undefined || element.name !== name) {
    throw new Error(`</${name}> at offset ${offset} closes nothing`);
  }
  if (element.children.length > 0) element.text = element.text.trim();
  parent.children.push(element);
}

function readAttributes(source = ''): Record<string, string> {
  const attributes: Record<string, string> = {};
  for (const [, name = '', double, single] of source.matchAll(ATTRIBUTE)) {
    if (name in attributes) throw new Error(`attribute ${name} is given twice`);
    attributes[name] = decode(double ?? single ?? '', 0);
  }
  return attributes;
}

function decode(text: string, offset: number): string {
  return text.replace(/&([^;&\s]*);?/g, (whole, name: string) => {
    const known = ENTITIES[name] ?? numericEntity(name);
    if (known === undefined || !whole.endsWith(';')) throw new Error(`bad entity ${whole} near offset ${offset}`);
    return known;
  });
}

function numericEntity(name: string): string | undefined {
  const code = /^#(?:x([\da-f]+)|(\d+))$/i.exec(name);
  if (code === null) return undefined;
  return String.fromCodePoint(code[1] === undefined ? Number(code[2]) : Number.parseInt(code[1], 16));
}
