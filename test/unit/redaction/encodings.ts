type Encoding = (text: string) => string;
const base64 = (text: string): string => Buffer.from(text).toString('base64');
const escapeEach = (text: string, encode: (character: string, index: number) => string): string =>
  [...text].map(encode).join('');

/** Written independently of `src/redaction/known-values/encodings.ts`, as far as the platform allows. */
export const encodings: Readonly<Record<string, Encoding>> = {
  plain: (text) => text,
  base64,
  'base64 after one byte': (text) => base64(`x${text}`),
  'base64 in the middle': (text) => base64(`user:${text}@host and more`),
  'base64 without padding': (text) => base64(text).replaceAll('=', ''),
  base64url: (text) => Buffer.from(`ab${text}cd`).toString('base64url'),
  'base64 in lines': (text) => base64(`some text before ${text}`).replaceAll(/.{20}/g, '$&\n'),
  'base64 of UTF-16': (text) => Buffer.from(text, 'utf16le').toString('base64'),
  hex: (text) => Buffer.from(text).toString('hex'),
  'upper-case hex': (text) => Buffer.from(text).toString('hex').toUpperCase(),
  'mixed-case hex': (text) =>
    escapeEach(Buffer.from(text).toString('hex'), (digit, index) => (index % 3 === 0 ? digit : digit.toUpperCase())),
  'hex with spaces': (text) =>
    Buffer.from(text)
      .toString('hex')
      .replaceAll(/..(?!$)/g, '$& '),
  uri: encodeURIComponent,
  'lower-case uri': (text) => encodeURIComponent(text).replaceAll(/%../g, (found) => found.toLowerCase()),
  form: (text) => new URLSearchParams({ key: text }).toString(),
  'all percent': (text) =>
    escapeEach(Buffer.from(text).toString('latin1'), (byte) => `%${byte.charCodeAt(0).toString(16).padStart(2, '0')}`),
  json: (text) => JSON.stringify({ value: `a ${text} b` }),
  'json in json': (text) => JSON.stringify(JSON.stringify([text])),
  'ascii json': (text) =>
    JSON.stringify(text).replaceAll(
      /[\u007f-\uffff]/g,
      (found) => `\\u${found.charCodeAt(0).toString(16).padStart(4, '0')}`,
    ),
  'json for html': (text) =>
    JSON.stringify(text).replaceAll('<', '\\u003c').replaceAll('>', '\\u003E').replaceAll('&', '\\u0026'),
  html: (text) =>
    text
      .replaceAll('&', '&amp;')
      .replaceAll('<', '&lt;')
      .replaceAll('>', '&gt;')
      .replaceAll('"', '&#34;')
      .replaceAll("'", '&#39;'),
  'upper case': (text) => text.replaceAll(/[a-z]/g, (letter) => letter.toUpperCase()),
};
/** Names of encodings, outer one first. */
export const nestings: readonly [outer: string, inner: string][] = [
  ['base64', 'base64'],
  ['base64', 'hex'],
  ['base64', 'json'],
  ['base64 in the middle', 'uri'],
  ['base64', 'base64url'],
  ['hex', 'base64'],
  ['uri', 'base64'],
  ['json', 'uri'],
  ['uri', 'json'],
  ['uri', 'uri'],
  ['json', 'html'],
  ['html', 'json'],
];
