/**
 * The forms in which a secret may appear when a program prints, escapes, encodes or nests it. They catch accidents
 * (logs, dumps, error messages, traces of requests), not a guest that disguises a secret on purpose: it can always
 * invent another encoding.
 */

/** See {@link formsOf}. All forms are searched in any letter case. */
export interface SecretForms {
  /** The secret itself, first, and its escaped forms. */
  readonly texts: readonly string[];
  /** Base64 and hex. A search accepts `-` for `+`, `_` for `/`, and line ends inside. */
  readonly dense: readonly DenseForm[];
}

/**
 * The encoded characters that depend only on the secret. In base64, characters beside them may mix bits of the secret
 * with bits of its neighbours.
 */
export interface DenseForm {
  readonly text: string;
  /** The possible characters before `text` if that character holds bits of the secret; else empty. */
  readonly head: string;
  /** Number of characters after `text` that hold bits of the secret. */
  readonly tail: number;
}

/** How deep to go: 0 the secret itself; 1 its encodings; 2 the encodings of its encodings. */
export type NestingDepth = 0 | 1 | 2;

type Encoder = (text: string) => string;

/** Every non-empty form of a secret, without duplicates. */
export function formsOf(secret: string, depth: NestingDepth): SecretForms {
  const text = secret.toWellFormed();
  const bytes = Buffer.from(text);
  if (depth === 0) return { texts: unique([secret, text, bytes.toString('latin1')]), dense: [] };
  const wide = wideCoresOf(text);
  const escaped = unique([secret, text, ...escapers.map((encode) => encode(text))]);
  const texts = [...escaped, ...bytewise(bytes), ...wide.map((core) => core.toString('latin1'))];
  const dense = [bytes, ...wide].flatMap((each) => denseOf(each));
  if (depth === 1) return { texts: unique(texts), dense: uniqueForms(dense) };

  const inner = innerDenseOf(bytes);
  const literal = [inner, ...wide.map((each) => innerDenseOf(each))].flat();
  return {
    texts: unique([...texts, ...escaped.flatMap((once) => outerEscapers.map((encode) => encode(once)))]),
    dense: uniqueForms([
      ...dense,
      ...escaped.flatMap((once) => denseOf(Buffer.from(once))),
      ...inner.flatMap((once) => denseOf(Buffer.from(once.text), once.tail)),
      ...literal.flatMap((once) => [
        { ...once, text: encodeURIComponent(once.text) },
        { ...once, text: escapeSlashes(once.text) },
      ]),
    ]),
  };
}

/** As `JSON.stringify`, without its quotes. */
const escapeJson: Encoder = (text) => JSON.stringify(text).slice(1, -1);
/** As Python's `json.dumps`: ASCII only. */
const escapeJsonAscii: Encoder = (text) => escapeJson(text).replaceAll(/[^\0-\x7e]/g, unicodeEscape);
/** As PHP's `json_encode`. */
const escapeSlashes: Encoder = (text) => escapeJson(text).replaceAll('/', '\\/');
/** As Go's `encoding/json`, and JSON embedded in HTML. */
const escapeJsonForHtml: Encoder = (text) => escapeJson(text).replaceAll(/[<>&]/g, unicodeEscape);
/** As browser forms, `URLSearchParams` and Python's `quote_plus`. */
const escapeForm: Encoder = (text) => new URLSearchParams({ '': text }).toString().slice(1);
/** RFC 3986: everything except its unreserved characters; Python's `quote(safe='')`. */
const escapeStrictUri: Encoder = (text) => encodeURIComponent(text).replaceAll(/[!'()*]/g, percentOfAscii);
/** As Python's `quote`, which keeps `/`. */
const escapePath: Encoder = (text) => escapeStrictUri(text).replaceAll('%2F', '/');
/** Every byte as `%xx`. */
const escapeAllAsPercent: Encoder = (text) => pairsOf(Buffer.from(text), '%');
/** As Go, React and most templates. */
const escapeHtml: Encoder = (text) => text.replaceAll(/[&<>"']/g, (found) => htmlEntities[found] ?? found);
/** As Python's `html.escape`. */
const escapeHtmlHex: Encoder = (text) => escapeHtml(text).replaceAll('&#39;', '&#x27;');
/** As inside a POSIX shell's single quotes. */
const escapeShell: Encoder = (text) => text.replaceAll("'", "'\\''");
/** As Python's `shlex.quote`. */
const escapeShlex: Encoder = (text) => text.replaceAll("'", `'"'"'`);
/** As Python's `repr` in single quotes. */
const escapeRepr: Encoder = (text) => escapeJson(text).replaceAll('\\"', '"').replaceAll("'", "\\'");
/** As Python's `repr` of the UTF-8 bytes. */
const escapeBytesRepr: Encoder = (text) =>
  escapeRepr(text).replaceAll(/[^\0-\x7e]+/g, (found) => pairsOf(Buffer.from(found), '\\x'));

const escapers: readonly Encoder[] = [
  escapeJson,
  escapeJsonAscii,
  escapeSlashes,
  escapeJsonForHtml,
  encodeURIComponent,
  encodeURI,
  escapeForm,
  escapeStrictUri,
  escapePath,
  escapeAllAsPercent,
  escapeHtml,
  escapeHtmlHex,
  escapeShell,
  escapeShlex,
  escapeRepr,
  escapeBytesRepr,
];

/** Escapers that commonly wrap an already escaped text. */
const outerEscapers: readonly Encoder[] = [escapeJson, escapeJsonAscii, encodeURIComponent, escapeForm, escapeHtml];

const htmlEntities: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&#34;',
  "'": '&#39;',
};

/** Hex with separators, and UTF-8 that was read as Latin-1. */
function bytewise(bytes: Buffer): string[] {
  return [
    pairsOf(bytes, '\\x'),
    pairsOf(bytes, ' ').trimStart(),
    pairsOf(bytes, ':').slice(1),
    bytes.toString('latin1'),
  ];
}

/**
 * UTF-16 in both byte orders, without the outermost zero byte, which ASCII text does not determine: a neighbour may
 * share it.
 */
function wideCoresOf(text: string): Buffer[] {
  const wide = Buffer.from(text, 'utf16le');
  const swapped = Buffer.from(wide).swap16();
  const cores = [wide.subarray(0, wide.at(-1) === 0 ? -1 : undefined), swapped.subarray(swapped[0] === 0 ? 1 : 0)];
  const [one, other] = cores;
  return one && other?.equals(one) ? [one] : cores;
}

/**
 * Hex, and base64 at each of the three offsets that a byte can have in a longer base64 text. `more`: number of bytes
 * after `bytes` that also hold bits of the secret.
 */
function denseOf(bytes: Buffer, more = 0): DenseForm[] {
  const hex = { text: bytes.toString('hex'), head: '', tail: 2 * more };
  return [hex, ...[0, 1, 2].map((before) => base64At(bytes, before, more))];
}

/** {@link denseOf} with the variants that differ once they are encoded again. */
function innerDenseOf(bytes: Buffer): DenseForm[] {
  return uniqueForms(
    denseOf(bytes).flatMap((form, index) =>
      (index === 0 ? [form.text, form.text.toUpperCase()] : [form.text, urlSafe(form.text)]).map((text) => ({
        ...form,
        text,
      })),
    ),
  );
}

/** The base64 characters that depend only on `bytes`, if `before` bytes (0 to 2) come before them. */
function base64At(bytes: Buffer, before: number, more: number): DenseForm {
  const bits = 8 * (before + bytes.length);
  const [start, end] = [Math.ceil((8 * before) / 6), Math.floor(bits / 6)];
  const text = Buffer.concat([Buffer.alloc(before), bytes])
    .toString('base64')
    .slice(start, end);
  const bitsInHead = 6 * start - 8 * before;
  const head = bitsInHead > 0 ? charactersEndingIn((bytes[0] ?? 0) >> (8 - bitsInHead), bitsInHead) : '';
  return { text, head, tail: Math.ceil((bits + 8 * more) / 6) - end };
}

/** The base64 characters, in both alphabets, whose last `count` bits are `bits`. */
function charactersEndingIn(bits: number, count: number): string {
  let found = '';
  for (let value = bits; value < 64; value += 2 ** count) found += base64Alphabet.charAt(value);
  if (found.endsWith('+')) found += '-';
  return found.endsWith('/') ? `${found}_` : found;
}

const base64Alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/';

function urlSafe(base64: string): string {
  return base64.replaceAll('+', '-').replaceAll('/', '_');
}

function pairsOf(bytes: Buffer, prefix: string): string {
  return bytes.toString('hex').replaceAll(/../g, `${prefix}$&`);
}

function unicodeEscape(found: string): string {
  return Array.from(
    { length: found.length },
    (_, index) => `\\u${found.charCodeAt(index).toString(16).padStart(4, '0')}`,
  ).join('');
}

function percentOfAscii(found: string): string {
  return `%${found.charCodeAt(0).toString(16)}`;
}

function unique(texts: readonly string[]): string[] {
  return [...new Set(texts)];
}

/** One form for each text, with the heads and the longest tail of all forms that have it. */
function uniqueForms(forms: readonly DenseForm[]): DenseForm[] {
  const found = new Map<string, DenseForm>();
  for (const form of forms) {
    const other = found.get(form.text);
    const isCovered = other && other.tail >= form.tail && (form.head === '' || other.head.includes(form.head));
    if (isCovered) continue;
    const tail = Math.max(form.tail, other?.tail ?? 0);
    found.set(form.text, other ? { text: form.text, head: other.head + form.head, tail } : form);
  }
  return [...found.values()];
}
