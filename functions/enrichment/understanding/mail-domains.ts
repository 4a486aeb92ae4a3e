/** Makers of private mailboxes that own many top-level domains: the label before the public suffix decides. */
const PRIVATE_BRANDS = new Set([
  'aol',
  'email',
  'fastmail',
  'free',
  'freenet',
  'gmail',
  'gmx',
  'googlemail',
  'hotmail',
  'hushmail',
  'icloud',
  'inbox',
  'laposte',
  'libero',
  'live',
  'mail',
  'mailinator',
  'msn',
  'naver',
  'orange',
  'outlook',
  'proton',
  'protonmail',
  'qq',
  'rocketmail',
  'sfr',
  't-online',
  'tuta',
  'tutanota',
  'wanadoo',
  'web',
  'webmail',
  'yahoo',
  'yandex',
  'ymail',
  'zoho',
]);

/** Domains of internet providers, mobile carriers and address relays, whole. */
const PRIVATE_DOMAINS = new Set([
  '126.com',
  '163.com',
  'att.net',
  'bellsouth.net',
  'bigpond.com',
  'bluewin.ch',
  'bol.com.br',
  'btinternet.com',
  'charter.net',
  'comcast.net',
  'cox.net',
  'daum.net',
  'docomo.ne.jp',
  'duck.com',
  'earthlink.net',
  'ezweb.ne.jp',
  'hanmail.net',
  'mac.com',
  'me.com',
  'optusnet.com.au',
  'pm.me',
  'rogers.com',
  'sbcglobal.net',
  'shaw.ca',
  'sky.com',
  'softbank.ne.jp',
  'telefonica.net',
  'telenet.be',
  'terra.com.br',
  'tiscali.it',
  'uol.com.br',
  'verizon.net',
  'virginmedia.com',
  'xtra.co.nz',
  'ziggo.nl',
]);

/** Marketplaces that hide the guest behind an address of their own, whatever stands before it. */
const RELAYS = [
  'airbnb.com',
  'booking.com',
  'expedia.com',
  'getyourguide.com',
  'klook.com',
  'tripadvisor.com',
  'viator.com',
];

/**
 * Whether an e-mail address is of an organisation's own domain, so that the guest may book for more than themselves.
 * @param email lower-cased, or null.
 */
export function isCorporateEmail(email: string | null): boolean {
  const domain = email?.split('@').at(-1) ?? '';
  const labels = domain.split('.');
  if (labels.length < 2 || labels.some((label) => label === '')) return false;
  if (PRIVATE_DOMAINS.has(domain) || RELAYS.some((relay) => domain === relay || domain.endsWith(`.${relay}`)))
    return false;
  return !PRIVATE_BRANDS.has(ownLabel(labels));
}

/** The label that a registrant chose: `yahoo` of `yahoo.de` and of `yahoo.co.jp`. */
function ownLabel(labels: readonly string[]): string {
  const second = labels.at(-2) ?? '';
  const isPublicSuffix = labels.length > 2 && /^(ac|co|com|edu|gob|gov|gouv|ne|net|or|org)$/.test(second);
  return (isPublicSuffix ? labels.at(-3) : second) ?? '';
}
