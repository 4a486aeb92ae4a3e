import { parseXml, type XmlElement } from '../../../../infra/salesforce/xml.ts';
import type { VendorReply } from '../../server.ts';

/** A call of the Metadata API as it came. */
export interface SoapCall {
  readonly session: string;
  readonly method: string;
  readonly args: XmlElement;
}

const ENVELOPE = 'http://schemas.xmlsoap.org/soap/envelope/';
const METADATA = 'http://soap.sforce.com/2006/04/metadata';

/** A call that is answered with a fault. */
export class SoapFault extends Error {
  readonly code: string;

  constructor(code: string, message: string) {
    super(message);
    this.code = code;
  }
}

/** @throws SoapFault for what is no SOAP call of the Metadata API. */
export function readCall(source: string): SoapCall {
  const envelope = parse(source);
  const [header, body] = ['Header', 'Body'].map((name) => envelope.children.find((child) => localName(child) === name));
  const session = header?.children.find(({ name }) => name === 'SessionHeader');
  const id = session?.children.find(({ name }) => name === 'sessionId')?.text ?? '';
  const [args, ...more] = body?.children ?? [];
  if (args === undefined || more.length > 0 || body?.attributes.xmlns !== METADATA) {
    throw new SoapFault('soapenv:Client', 'No operation available for request');
  }
  return { session: id, method: args.name, args };
}

function parse(source: string): XmlElement {
  try {
    const envelope = parseXml(source);
    if (localName(envelope) === 'Envelope' && Object.values(envelope.attributes).includes(ENVELOPE)) return envelope;
  } catch {
    // Said below.
  }
  throw new SoapFault('soapenv:Client', 'The request is not a SOAP envelope');
}

const localName = ({ name }: XmlElement): string => name.replace(/^.*:/, '');

/** @param inner the elements of the response, as XML. */
export function soapReply(method: string, inner: string): VendorReply {
  return envelope(200, `<${method}Response xmlns="${METADATA}">${inner}</${method}Response>`);
}

/** Salesforce answers every fault with 500. */
export function faultReply({ code, message }: SoapFault): VendorReply {
  const fault = `<soapenv:Fault><faultcode>${code}</faultcode><faultstring>${escapeXml(`${code}: ${message}`)}</faultstring></soapenv:Fault>`;
  return envelope(500, fault);
}

function envelope(status: number, body: string): VendorReply {
  const open = `<?xml version="1.0" encoding="UTF-8"?><soapenv:Envelope xmlns:soapenv="${ENVELOPE}" xmlns:sf="${METADATA}" xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance">`;
  return {
    status,
    headers: { 'content-type': 'text/xml;charset=UTF-8' },
    body: `${open}<soapenv:Body>${body}</soapenv:Body></soapenv:Envelope>`,
  };
}

export function escapeXml(text: string): string {
  return text.replace(/&/g, '&amp;').replace(/</g, '&lt;').replace(/>/g, '&gt;');
}
