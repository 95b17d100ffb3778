import type { BufferParts } from './buffer-methods.ts';
import type { NodeErrors } from './errors.ts';
import type { Kit } from './kit.ts';

/** Bytes with Node's methods. */
type Bytes = Uint8Array<ArrayBuffer> & Record<string, never>;

/** Makes `buffer`: `Buffer` with the methods of Node's, in the isolate's own memory. */
export function createBuffer({ bytes: text, intrinsics, load }: Kit): object {
  const { define, codeAt, isView, slice: cut } = intrinsics;
  const { defineProperty, setPrototypeOf, getOwnPropertyNames } = Object;
  const maxLength = 0x1f_ffff_ffff_ffff;

  class FastBuffer extends Uint8Array {}
  const make = (given: number | ArrayBuffer, offset?: number, length?: number): Bytes =>
    (typeof given === 'number' ? new FastBuffer(given) : new FastBuffer(given, offset, length)) as unknown as Bytes;
  /** A buffer over the memory of bytes that are nobody else's. */
  const adopt = (own: Uint8Array): Bytes => make(own.buffer as ArrayBuffer, own.byteOffset, own.byteLength);

  const { fail, wrongType, outOfRange } = load('errors') as NodeErrors;

  const encodings: Record<string, string> = {
    __proto__: null,
    utf8: 'utf8',
    'utf-8': 'utf8',
    hex: 'hex',
    base64: 'base64',
    base64url: 'base64url',
    latin1: 'latin1',
    binary: 'latin1',
    ascii: 'ascii',
    utf16le: 'utf16le',
    'utf-16le': 'utf16le',
    ucs2: 'utf16le',
    'ucs-2': 'utf16le',
  } as never;
  const encodingOf = (encoding: unknown): string => {
    if (encoding === undefined || encoding === null || encoding === '') return 'utf8';
    return (
      encodings[String(encoding).toLowerCase()] ??
      fail(TypeError, 'ERR_UNKNOWN_ENCODING', `Unknown encoding: ${String(encoding)}`)
    );
  };
  const digits = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/';
  const urlDigits = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_';
  const digitOf = (code: number): number => {
    if (code >= 65 && code <= 90) return code - 65;
    if (code >= 97 && code <= 122) return code - 71;
    if (code >= 48 && code <= 57) return code + 4;
    return code === 43 || code === 45 ? 62 : code === 47 || code === 95 ? 63 : -1;
  };
  const fromBase64 = (source: string): Uint8Array => {
    const bytes = new Uint8Array(Math.ceil((source.length * 3) / 4));
    let length = 0;
    let group = 0;
    let bits = 0;
    for (let at = 0; at < source.length; at += 1) {
      const code = codeAt(source, at);
      if (code === 61) break;
      const digit = digitOf(code);
      if (digit < 0) continue;
      group = ((group << 6) | digit) & 0xffffff;
      bits += 6;
      if (bits >= 8) {
        bits -= 8;
        bytes[length++] = (group >> bits) & 255;
      }
    }
    return bytes.subarray(0, length);
  };
  const toBase64 = (bytes: Uint8Array, table: string, pads: boolean): string => {
    const codes = new Uint8Array(Math.ceil(bytes.length / 3) * 4);
    let out = 0;
    for (let at = 0; at < bytes.length; at += 3) {
      const left = bytes.length - at;
      const group = ((bytes[at] ?? 0) << 16) | ((bytes[at + 1] ?? 0) << 8) | (bytes[at + 2] ?? 0);
      for (let digit = 0; digit < 4; digit += 1) {
        if (digit <= left) codes[out++] = codeAt(table, (group >> (18 - 6 * digit)) & 63);
        else if (pads) codes[out++] = 61;
      }
    }
    return text.fromBytes(codes.subarray(0, out));
  };
  const hexOf = (code: number): number =>
    code >= 48 && code <= 57
      ? code - 48
      : code >= 97 && code <= 102
        ? code - 87
        : code >= 65 && code <= 70
          ? code - 55
          : -1;
  const fromHex = (source: string): Uint8Array => {
    const bytes = new Uint8Array(source.length >> 1);
    for (let index = 0; index < bytes.length; index += 1) {
      const high = hexOf(codeAt(source, 2 * index));
      const low = hexOf(codeAt(source, 2 * index + 1));
      if (high < 0 || low < 0) return bytes.subarray(0, index);
      bytes[index] = (high << 4) | low;
    }
    return bytes;
  };
  const toHex = (bytes: Uint8Array): string => {
    const codes = new Uint8Array(bytes.length * 2);
    const hex = '0123456789abcdef';
    for (let index = 0; index < bytes.length; index += 1) {
      codes[2 * index] = codeAt(hex, (bytes[index] ?? 0) >> 4);
      codes[2 * index + 1] = codeAt(hex, (bytes[index] ?? 0) & 15);
    }
    return text.fromBytes(codes);
  };
  const encode = (source: string, encoding: string): Uint8Array => {
    switch (encoding) {
      case 'hex':
        return fromHex(source);
      case 'base64':
      case 'base64url':
        return fromBase64(source);
      case 'latin1':
      case 'ascii':
        return text.toBytes(source);
      case 'utf16le': {
        const bytes = new Uint8Array(source.length * 2);
        for (let index = 0; index < source.length; index += 1) {
          const code = codeAt(source, index);
          bytes[2 * index] = code & 255;
          bytes[2 * index + 1] = code >> 8;
        }
        return bytes;
      }
      default:
        return text.toUtf8(source);
    }
  };
  const decode = (bytes: Uint8Array, encoding: string): string => {
    switch (encoding) {
      case 'hex':
        return toHex(bytes);
      case 'base64':
        return toBase64(bytes, digits, true);
      case 'base64url':
        return toBase64(bytes, urlDigits, false);
      case 'latin1':
        return text.fromBytes(bytes);
      case 'ascii': {
        const codes = new Uint8Array(bytes.length);
        for (let index = 0; index < bytes.length; index += 1) codes[index] = (bytes[index] ?? 0) & 127;
        return text.fromBytes(codes);
      }
      case 'utf16le': {
        let whole = '';
        const units: number[] = [];
        for (let index = 0; index + 1 < bytes.length; index += 2) {
          units.push((bytes[index] ?? 0) | ((bytes[index + 1] ?? 0) << 8));
          if (units.length === 4_096) whole += intrinsics.fromCodes(units.splice(0));
        }
        return whole + intrinsics.fromCodes(units);
      }
      default:
        return text.fromUtf8(bytes);
    }
  };
  const isBytes = (value: unknown): value is Uint8Array => value instanceof Uint8Array;
  const clamp = (value: unknown, fallback: number, max: number): number => {
    const number = value === undefined ? fallback : Math.trunc(Number(value)) || 0;
    return Math.max(Math.min(number, max), 0);
  };
  const checkSize = (size: unknown): number => {
    if (typeof size !== 'number') return wrongType('"size"', 'of type number', size);
    if (!(size >= 0 && size <= maxLength)) return outOfRange('size', `>= 0 && <= ${maxLength}`, size);
    return size;
  };

  const from = (value: unknown, encodingOrOffset?: unknown, length?: unknown): Bytes => {
    if (typeof value === 'string') return adopt(encode(value, encodingOf(encodingOrOffset)));
    if (typeof value === 'object' && value !== null) {
      if (value instanceof ArrayBuffer) {
        const offset = Number(encodingOrOffset) || 0;
        if (offset < 0 || offset > value.byteLength) {
          return fail(RangeError, 'ERR_BUFFER_OUT_OF_BOUNDS', '"offset" is outside of buffer bounds');
        }
        const rest = value.byteLength - offset;
        const wanted = length === undefined ? rest : Math.max(Number(length) || 0, 0);
        if (wanted > rest) return fail(RangeError, 'ERR_BUFFER_OUT_OF_BOUNDS', '"length" is outside of buffer bounds');
        return make(value, offset, wanted);
      }
      const primitive = (value as { valueOf?: () => unknown }).valueOf?.();
      if (primitive !== undefined && primitive !== null && primitive !== value)
        return from(primitive, encodingOrOffset, length);
      const { type, data, length: count } = value as { type?: unknown; data?: unknown; length?: unknown };
      const source = type === 'Buffer' && Array.isArray(data) ? data : value;
      if (source !== value || count !== undefined) {
        const items = source as ArrayLike<number>;
        const size = clamp(items.length, 0, maxLength);
        const buffer = make(size);
        for (let index = 0; index < size; index += 1) buffer[index] = Number(items[index]) as never;
        return buffer;
      }
      const toPrimitive = (value as { [Symbol.toPrimitive]?: (hint: string) => unknown })[Symbol.toPrimitive];
      if (typeof toPrimitive === 'function') return from(toPrimitive.call(value, 'string'), encodingOrOffset, length);
    }
    return wrongType(
      'first',
      'of type string or an instance of Buffer, ArrayBuffer, or Array or an Array-like Object',
      value,
    );
  };

  const fill = (target: Bytes, value: unknown, start: number, end: number, encoding: unknown): Bytes => {
    if (typeof value === 'string' || isBytes(value)) {
      const pattern = typeof value === 'string' ? encode(value, encodingOf(encoding)) : value;
      if (pattern.length === 0) {
        if (typeof value === 'string' && value !== '') {
          return fail(TypeError, 'ERR_INVALID_ARG_VALUE', `The argument 'value' is invalid. Received '${value}'`);
        }
        Uint8Array.prototype.fill.call(target, 0, start, end);
      } else for (let at = start; at < end; at += 1) target[at] = pattern[(at - start) % pattern.length] as never;
    } else Uint8Array.prototype.fill.call(target, Number(value) & 255, start, end);
    return target;
  };

  function Buffer(this: unknown, value: unknown, encodingOrOffset?: unknown, length?: unknown): Bytes {
    return typeof value === 'number' ? make(checkSize(value)) : from(value, encodingOrOffset, length);
  }
  setPrototypeOf(Buffer, Uint8Array);
  Buffer.prototype = FastBuffer.prototype;
  define(FastBuffer.prototype, 'constructor', Buffer);
  const compare = (a: unknown, b: unknown): number => {
    if (!isBytes(a)) return wrongType('"buf1"', 'an instance of Buffer or Uint8Array', a);
    if (!isBytes(b)) return wrongType('"buf2"', 'an instance of Buffer or Uint8Array', b);
    const shorter = Math.min(a.length, b.length);
    for (let index = 0; index < shorter; index += 1) {
      if (a[index] !== b[index]) return (a[index] ?? 0) < (b[index] ?? 0) ? -1 : 1;
    }
    return Math.sign(a.length - b.length);
  };
  const byteLength = (value: unknown, encoding?: unknown): number => {
    if (typeof value === 'string') return encode(value, encodingOf(encoding)).length;
    if (isView(value) || value instanceof ArrayBuffer) return (value as ArrayBuffer).byteLength;
    return wrongType('"string"', 'of type string or an instance of Buffer or ArrayBuffer', value);
  };
  const statics: Record<string, unknown> = {
    from,
    of: (...items: number[]) => from(items),
    alloc: (size: unknown, value?: unknown, encoding?: unknown): Bytes => {
      const buffer = make(checkSize(size));
      return value === undefined || value === 0 ? buffer : fill(buffer, value, 0, buffer.length, encoding);
    },
    allocUnsafe: (size: unknown) => make(checkSize(size)),
    allocUnsafeSlow: (size: unknown) => make(checkSize(size)),
    isBuffer: (value: unknown) => value instanceof FastBuffer,
    isEncoding: (encoding: unknown) => typeof encoding === 'string' && encodings[encoding.toLowerCase()] !== undefined,
    byteLength,
    compare,
    concat: (list: unknown, total?: unknown): Bytes => {
      if (!Array.isArray(list)) return wrongType('"list"', 'an instance of Array', list);
      let sum = 0;
      for (const item of list) {
        if (!isBytes(item)) return wrongType('"list[n]"', 'an instance of Buffer or Uint8Array', item);
        sum += item.length;
      }
      const whole = make(total === undefined ? sum : checkSize(total));
      let at = 0;
      for (const item of list as Uint8Array[]) {
        if (at >= whole.length) break;
        const part = item.length > whole.length - at ? item.subarray(0, whole.length - at) : item;
        Uint8Array.prototype.set.call(whole, part, at);
        at += part.length;
      }
      return whole;
    },
    copyBytesFrom: (view: Uint8Array, offset = 0, length?: number): Bytes => {
      const end = length === undefined ? undefined : offset + length;
      const part = view.subarray(offset, end);
      return adopt(new Uint8Array(part.buffer as ArrayBuffer, part.byteOffset, part.byteLength).slice());
    },
    poolSize: 8192,
  };
  for (const name in statics) define(Buffer, name, statics[name]);
  defineProperty(Buffer, Symbol.species, { configurable: true, get: () => FastBuffer });

  const { install } = load('buffer-methods') as {
    install: (parts: BufferParts) => Record<string, unknown>;
  };
  const methods = install({ make, encode, decode, encodingOf, compare, fill, clamp });
  for (const name of getOwnPropertyNames(methods)) define(FastBuffer.prototype, name, methods[name]);
  define(FastBuffer.prototype, Symbol.for('nodejs.util.inspect.custom'), function (this: Bytes) {
    let listed = '';
    const shown = Math.min(this.length, 50);
    for (let index = 0; index < shown; index += 1) listed += ` ${cut(`0${(this[index] ?? 0).toString(16)}`, -2)}`;
    const left = this.length - shown;
    return `<Buffer${listed}${left > 0 ? ` ... ${left} more byte${left > 1 ? 's' : ''}` : ''}>`;
  });
  defineProperty(FastBuffer.prototype, 'parent', {
    configurable: true,
    get(this: Bytes) {
      return this.buffer;
    },
  });
  return {
    Buffer,
    SlowBuffer: Buffer,
    constants: { MAX_LENGTH: maxLength, MAX_STRING_LENGTH: 0x1fff_ffe8 },
    kMaxLength: maxLength,
    INSPECT_MAX_BYTES: 50,
    atob: (data: string) => globalThis.atob(data),
    btoa: (data: string) => globalThis.btoa(data),
    isUtf8: (value: Uint8Array) => {
      try {
        new TextDecoder('utf-8', { fatal: true }).decode(value);
        return true;
      } catch {
        return false;
      }
    },
    isAscii: (value: Uint8Array) => value.every((byte) => byte < 128),
    transcode: (source: Uint8Array, fromEncoding: string, toEncoding: string) =>
      from(decode(source, encodingOf(fromEncoding)), toEncoding),
  };
}
