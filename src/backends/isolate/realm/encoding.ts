import type { Intrinsics } from './intrinsics.ts';

/** Bytes as a text of one character (0 to 255) per byte: the only form in which bytes cross to and from the host. */
export interface ByteText {
  toBytes(text: string): Uint8Array;
  fromBytes(bytes: ArrayBuffer | ArrayBufferView): string;
}

/** UTF-8 as in `TextEncoder` and `TextDecoder`; a byte order mark is kept. */
export interface Utf8Text {
  toUtf8(text: string): Uint8Array;
  fromUtf8(bytes: Uint8Array): string;
}

/** Defines `TextEncoder`, `TextDecoder`, `atob` and `btoa`. */
export function installEncoding({ define, codeAt, fromCodes, slice, isView }: Intrinsics): ByteText & Utf8Text {
  const view = (source: ArrayBuffer | ArrayBufferView): Uint8Array =>
    isView(source)
      ? new Uint8Array(
          (source as ArrayBufferView).buffer,
          (source as ArrayBufferView).byteOffset,
          (source as ArrayBufferView).byteLength,
        )
      : new Uint8Array(source as ArrayBuffer);
  const toBytes = (text: string): Uint8Array => {
    const bytes = new Uint8Array(text.length);
    for (let index = 0; index < text.length; index += 1) bytes[index] = codeAt(text, index);
    return bytes;
  };
  /** The text of 16-bit units, in pieces that fit on the stack. */
  const textOf = (units: Uint8Array | Uint16Array): string => {
    let text = '';
    for (let offset = 0; offset < units.length; offset += 4096)
      text += fromCodes(units.subarray(offset, offset + 4096));
    return text;
  };
  const fromBytes = (source: ArrayBuffer | ArrayBufferView): string => textOf(view(source));

  /** Writes `text` as UTF-8 into `target` as far as it fits. */
  const encodeInto = (text: string, target: Uint8Array): { read: number; written: number } => {
    let written = 0;
    let read = 0;
    while (read < text.length) {
      let code = codeAt(text, read);
      let units = 1;
      if (code >= 0xd800 && code <= 0xdfff) {
        const low = read + 1 < text.length ? codeAt(text, read + 1) : 0;
        if (code < 0xdc00 && low >= 0xdc00 && low <= 0xdfff) {
          code = 0x10000 + ((code - 0xd800) << 10) + (low - 0xdc00);
          units = 2;
        } else code = 0xfffd;
      }
      const size = code < 0x80 ? 1 : code < 0x800 ? 2 : code < 0x10000 ? 3 : 4;
      if (written + size > target.length) break;
      if (size === 1) target[written] = code;
      else {
        target[written] = (size === 2 ? 0xc0 : size === 3 ? 0xe0 : 0xf0) | (code >> (6 * (size - 1)));
        for (let left = size - 2, at = written + 1; left >= 0; left -= 1, at += 1) {
          target[at] = 0x80 | ((code >> (6 * left)) & 0x3f);
        }
      }
      written += size;
      read += units;
    }
    return { read, written };
  };

  class TextEncoder {
    get encoding(): string {
      return 'utf-8';
    }
    encode(text: unknown = ''): Uint8Array {
      const whole = `${text as string}`;
      const bytes = new Uint8Array(whole.length * 3);
      return bytes.slice(0, encodeInto(whole, bytes).written);
    }
    encodeInto(text: unknown, target: Uint8Array): { read: number; written: number } {
      return encodeInto(`${text as string}`, target);
    }
  }

  const labels: Record<string, string> = {
    __proto__: null,
    'utf-8': 'utf-8',
    utf8: 'utf-8',
    'utf-16le': 'utf-16le',
    'utf-16': 'utf-16le',
    latin1: 'windows-1252',
    ascii: 'windows-1252',
    'iso-8859-1': 'windows-1252',
  } as never;

  class TextDecoder {
    readonly #encoding: string;
    readonly #fatal: boolean;
    readonly #ignoreBom: boolean;
    #rest: Uint8Array = new Uint8Array(0);
    #started = false;
    constructor(label: unknown = 'utf-8', options: { fatal?: boolean; ignoreBOM?: boolean } = {}) {
      const encoding = labels[`${label as string}`.trim().toLowerCase()];
      if (encoding === undefined) throw new RangeError(`The "${label}" encoding is not supported`);
      this.#encoding = encoding;
      this.#fatal = Boolean(options.fatal);
      this.#ignoreBom = Boolean(options.ignoreBOM);
    }
    get encoding(): string {
      return this.#encoding;
    }
    get fatal(): boolean {
      return this.#fatal;
    }
    get ignoreBOM(): boolean {
      return this.#ignoreBom;
    }
    decode(source: ArrayBuffer | ArrayBufferView = new Uint8Array(0), options: { stream?: boolean } = {}): string {
      const fresh = view(source);
      const bytes = new Uint8Array(this.#rest.length + fresh.length);
      bytes.set(this.#rest);
      bytes.set(fresh, this.#rest.length);
      const stream = Boolean(options.stream);
      const [text, used] =
        this.#encoding === 'utf-8'
          ? this.#decodeUtf8(bytes, stream)
          : this.#encoding === 'utf-16le'
            ? this.#decodeUtf16(bytes, stream)
            : [textOf(bytes), bytes.length];
      this.#rest = stream ? bytes.slice(used) : new Uint8Array(0);
      const hasBom = !this.#started && !this.#ignoreBom && text.length > 0 && codeAt(text, 0) === 0xfeff;
      this.#started = stream && (this.#started || text.length > 0);
      return hasBom ? slice(text, 1) : text;
    }
    #decodeUtf16(bytes: Uint8Array, stream: boolean): [string, number] {
      const units = new Uint16Array(bytes.length >> 1);
      for (let index = 0; index < units.length; index += 1) {
        units[index] = (bytes[2 * index] ?? 0) | ((bytes[2 * index + 1] ?? 0) << 8);
      }
      const odd = bytes.length % 2 === 1 && !stream;
      if (odd && this.#fatal) throw new TypeError('The encoded data was not valid for encoding utf-16le');
      return [textOf(units) + (odd ? '\ufffd' : ''), units.length * 2];
    }
    /** As in the Encoding Standard: one U+FFFD for each maximal part of an ill-formed sequence. */
    #decodeUtf8(bytes: Uint8Array, stream: boolean): [string, number] {
      const units = new Uint16Array(bytes.length + 1);
      let length = 0;
      let at = 0;
      while (at < bytes.length) {
        const lead = bytes[at] ?? 0;
        if (lead < 0x80) {
          units[length++] = lead;
          at += 1;
          continue;
        }
        const needed =
          lead >= 0xc2 && lead <= 0xdf ? 1 : (lead & 0xf0) === 0xe0 ? 2 : lead >= 0xf0 && lead <= 0xf4 ? 3 : 0;
        let lower = lead === 0xe0 ? 0xa0 : lead === 0xf0 ? 0x90 : 0x80;
        let upper = lead === 0xed ? 0x9f : lead === 0xf4 ? 0x8f : 0xbf;
        let code = lead & (0x3f >> needed);
        let seen = 0;
        while (seen < needed && at + 1 + seen < bytes.length) {
          const next = bytes[at + 1 + seen] ?? 0;
          if (next < lower || next > upper) break;
          code = (code << 6) | (next & 0x3f);
          lower = 0x80;
          upper = 0xbf;
          seen += 1;
        }
        if (needed > 0 && seen === needed) {
          if (code >= 0x10000) {
            units[length++] = 0xd800 + ((code - 0x10000) >> 10);
            units[length++] = 0xdc00 + ((code - 0x10000) & 0x3ff);
          } else units[length++] = code;
        } else {
          if (stream && needed > 0 && at + 1 + seen === bytes.length) break;
          if (this.#fatal) throw new TypeError('The encoded data was not valid for encoding utf-8');
          units[length++] = 0xfffd;
        }
        at += 1 + seen;
      }
      return [textOf(units.subarray(0, length)), at];
    }
  }

  const digits = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/';
  const invalid = (message: string): Error => {
    const error = new Error(message);
    define(error, 'name', 'InvalidCharacterError');
    return error;
  };
  const functions = {
    btoa(data: unknown): string {
      const text = `${data as string}`;
      const units = new Uint16Array(Math.ceil(text.length / 3) * 4);
      for (let at = 0, out = 0; at < text.length; at += 3, out += 4) {
        let group = 0;
        for (let byte = 0; byte < 3; byte += 1) {
          const code = at + byte < text.length ? codeAt(text, at + byte) : 0;
          if (code > 255) throw invalid('The string contains characters outside of Latin-1.');
          group = (group << 8) | code;
        }
        for (let digit = 0; digit < 4; digit += 1) {
          units[out + digit] = at + digit > text.length ? 61 : codeAt(digits, (group >> (18 - 6 * digit)) & 63);
        }
      }
      return textOf(units);
    },
    atob(data: unknown): string {
      let text = `${data as string}`.replace(/[\t\n\f\r ]/g, '');
      if (text.length % 4 === 0) text = text.replace(/={1,2}$/, '');
      if (text.length % 4 === 1 || /[^A-Za-z0-9+/]/.test(text)) {
        throw invalid('The string to be decoded is not correctly encoded.');
      }
      const bytes = new Uint8Array((text.length * 3) >> 2);
      let group = 0;
      for (let at = 0, out = 0, bits = 0; at < text.length; at += 1) {
        group = ((group << 6) | digits.indexOf(text.charAt(at))) & 0xffffff;
        bits += 6;
        if (bits >= 8) {
          bits -= 8;
          bytes[out++] = (group >> bits) & 255;
        }
      }
      return textOf(bytes);
    },
  };
  define(globalThis, 'TextEncoder', TextEncoder);
  define(globalThis, 'TextDecoder', TextDecoder);
  for (const name in functions) define(globalThis, name, functions[name as keyof typeof functions]);
  const encoder = new TextEncoder();
  return {
    toBytes,
    fromBytes,
    toUtf8: (text) => encoder.encode(text),
    fromUtf8: (bytes) => new TextDecoder('utf-8', { ignoreBOM: true }).decode(bytes),
  };
}
