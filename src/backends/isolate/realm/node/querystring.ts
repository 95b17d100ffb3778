import type { Kit } from './kit.ts';

/** Makes `querystring`. */
export function createQuerystring({ load }: Kit): object {
  const unescapeText = (text: string): string => {
    try {
      return decodeURIComponent(text);
    } catch {
      const { Buffer } = load('buffer') as { Buffer: { from(bytes: number[]): { toString(): string } } };
      const bytes: number[] = [];
      for (let at = 0; at < text.length; at += 1) {
        const hex = /^%[0-9a-f]{2}/i.exec(text.slice(at, at + 3))?.[0];
        if (hex) at += 2;
        bytes.push(hex ? Number.parseInt(hex.slice(1), 16) : text.charCodeAt(at));
      }
      return Buffer.from(bytes).toString();
    }
  };
  const escapeText = (value: unknown): string => encodeURIComponent(String(value).toWellFormed());
  const primitive = (value: unknown): string => {
    if (typeof value === 'string') return value;
    if (typeof value === 'number') return Number.isFinite(value) ? `${value}` : '';
    return typeof value === 'bigint' || typeof value === 'boolean' ? `${value}` : '';
  };
  const parse = (
    text: unknown,
    separator = '&',
    equals = '=',
    options: { maxKeys?: number; decodeURIComponent?: (text: string) => string } = {},
  ): Record<string, unknown> => {
    const result: Record<string, unknown> = Object.create(null);
    if (typeof text !== 'string' || text === '') return result;
    const decode = options.decodeURIComponent ?? unescapeText;
    const most = options.maxKeys ?? 1_000;
    const pairs = text.split(separator);
    for (const pair of most > 0 ? pairs.slice(0, most) : pairs) {
      if (pair === '') continue;
      const at = pair.indexOf(equals);
      const key = decode((at < 0 ? pair : pair.slice(0, at)).replaceAll('+', ' '));
      const value = at < 0 ? '' : decode(pair.slice(at + equals.length).replaceAll('+', ' '));
      const known = result[key];
      if (known === undefined) result[key] = value;
      else if (Array.isArray(known)) known.push(value);
      else result[key] = [known, value];
    }
    return result;
  };
  const stringify = (
    given: unknown,
    separator = '&',
    equals = '=',
    options: { encodeURIComponent?: (text: string) => string } = {},
  ): string => {
    if (typeof given !== 'object' || given === null) return '';
    const encode = options.encodeURIComponent ?? escapeText;
    return Object.entries(given)
      .flatMap(([key, value]) =>
        (Array.isArray(value) ? value : [value]).map((each) => `${encode(key)}${equals}${encode(primitive(each))}`),
      )
      .join(separator);
  };
  return { parse, stringify, escape: escapeText, unescape: unescapeText, decode: parse, encode: stringify };
}
