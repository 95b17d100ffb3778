import type { NodeErrors } from './errors.ts';
import type { Kit } from './kit.ts';

/** What `buffer` has for its methods. */
export interface BufferParts {
  readonly make: (given: never, offset?: number, length?: number) => Uint8Array;
  readonly encode: (text: string, encoding: string) => Uint8Array;
  readonly decode: (bytes: Uint8Array, encoding: string) => string;
  readonly encodingOf: (encoding: unknown) => string;
  readonly compare: (a: unknown, b: unknown) => number;
  readonly fill: (target: never, value: unknown, start: number, end: number, encoding: unknown) => Uint8Array;
  readonly clamp: (value: unknown, fallback: number, max: number) => number;
}

/** Makes the methods that buffers have beside those of typed arrays. */
export function createBufferMethods({ load }: Kit): object {
  const { fail, wrongType, outOfRange } = load('errors') as NodeErrors;
  const viewOf = (bytes: Uint8Array): DataView => new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  /** The offset of a read or write of `size` bytes, checked. */
  const place = (bytes: Uint8Array, offset: unknown, size: number): number => {
    if (offset === undefined) offset = 0;
    if (typeof offset !== 'number') return wrongType('"offset"', 'of type number', offset);
    if (!Number.isInteger(offset)) return outOfRange('offset', 'an integer', offset);
    if (bytes.length < size)
      return fail(RangeError, 'ERR_BUFFER_OUT_OF_BOUNDS', 'Attempt to access memory outside buffer bounds');
    if (offset < 0 || offset > bytes.length - size)
      return outOfRange('offset', `>= 0 and <= ${bytes.length - size}`, offset);
    return offset;
  };

  const addNumbers = (methods: Record<string, unknown>): void => {
    const kinds: readonly (readonly [name: string, method: string, size: number, min?: bigint, max?: bigint])[] = [
      ['UInt8', 'Uint8', 1, 0n, 255n],
      ['Int8', 'Int8', 1, -128n, 127n],
      ['UInt16', 'Uint16', 2, 0n, 65_535n],
      ['Int16', 'Int16', 2, -32_768n, 32_767n],
      ['UInt32', 'Uint32', 4, 0n, 4_294_967_295n],
      ['Int32', 'Int32', 4, -2_147_483_648n, 2_147_483_647n],
      ['BigUInt64', 'BigUint64', 8, 0n, 18_446_744_073_709_551_615n],
      ['BigInt64', 'BigInt64', 8, -9_223_372_036_854_775_808n, 9_223_372_036_854_775_807n],
      ['Float', 'Float32', 4],
      ['Double', 'Float64', 8],
    ];
    for (const [name, method, size, min, max] of kinds) {
      const isBig = name.startsWith('Big');
      for (const ending of size === 1 ? [''] : ['LE', 'BE']) {
        const isLittle = ending === 'LE';
        const read = function (this: Uint8Array, offset?: unknown): unknown {
          const at = place(this, offset, size);
          return (viewOf(this) as unknown as Record<string, (at: number, isLittle: boolean) => unknown>)[
            `get${method}`
          ]?.(at, isLittle);
        };
        const write = function (this: Uint8Array, given: unknown, offset?: unknown): number {
          const value = isBig ? given : Number(given);
          if (isBig && typeof value !== 'bigint') return wrongType('"value"', 'of type bigint', given);
          if (min !== undefined && max !== undefined) {
            const isIn = isBig
              ? (value as bigint) >= min && (value as bigint) <= max
              : !((value as number) < Number(min) || (value as number) > Number(max));
            if (!isIn) return outOfRange('value', `>= ${min} and <= ${max}`, given);
          }
          const at = place(this, offset, size);
          (viewOf(this) as unknown as Record<string, (at: number, value: unknown, isLittle: boolean) => void>)[
            `set${method}`
          ]?.(at, value, isLittle);
          return at + size;
        };
        methods[`read${name}${ending}`] = read;
        methods[`write${name}${ending}`] = write;
        if (name.includes('UInt')) {
          methods[`read${name.replace('UInt', 'Uint')}${ending}`] = read;
          methods[`write${name.replace('UInt', 'Uint')}${ending}`] = write;
        }
      }
    }
    for (const isSigned of [false, true]) {
      for (const isLittle of [true, false]) {
        const ending = `Int${isLittle ? 'LE' : 'BE'}`;
        const check = (size: unknown): number =>
          typeof size === 'number' && Number.isInteger(size) && size >= 1 && size <= 6
            ? size
            : outOfRange('byteLength', '>= 1 and <= 6', size);
        const read = function (this: Uint8Array, offset: unknown, byteLength: unknown): number {
          const size = check(byteLength);
          const at = place(this, offset, size);
          let value = 0;
          for (let index = 0; index < size; index += 1) {
            value = value * 256 + (this[at + (isLittle ? size - 1 - index : index)] ?? 0);
          }
          return isSigned && value >= 2 ** (8 * size - 1) ? value - 2 ** (8 * size) : value;
        };
        const write = function (this: Uint8Array, given: unknown, offset: unknown, byteLength: unknown): number {
          const size = check(byteLength);
          const number = Number(given);
          const min = isSigned ? -(2 ** (8 * size - 1)) : 0;
          const max = isSigned ? 2 ** (8 * size - 1) - 1 : 2 ** (8 * size) - 1;
          if (number < min || number > max) return outOfRange('value', `>= ${min} and <= ${max}`, given);
          const at = place(this, offset, size);
          let rest = number < 0 ? number + 2 ** (8 * size) : number;
          for (let index = 0; index < size; index += 1) {
            this[at + (isLittle ? index : size - 1 - index)] = rest % 256;
            rest = Math.floor(rest / 256);
          }
          return at + size;
        };
        for (const prefix of isSigned ? [''] : ['U', 'u']) {
          const name = prefix === 'u' ? `Ui${ending.slice(1)}` : `${prefix}${ending}`;
          methods[`read${name}`] = read;
          methods[`write${name}`] = write;
        }
      }
    }
  };

  return {
    install({ make, encode, decode, encodingOf, compare, fill, clamp }: BufferParts): Record<string, unknown> {
      const subarray = function (this: Uint8Array, start?: unknown, end?: unknown): Uint8Array {
        const { length } = this;
        const index = (value: unknown, fallback: number): number => {
          if (value === undefined) return fallback;
          const number = Math.trunc(Number(value)) || 0;
          return number < 0 ? Math.max(length + number, 0) : Math.min(number, length);
        };
        const from = index(start, 0);
        return make(this.buffer as never, this.byteOffset + from, Math.max(index(end, length) - from, 0));
      };
      const find = (buffer: Uint8Array, wanted: unknown, from: unknown, encoding: unknown, isLast: boolean): number => {
        const isName = typeof from === 'string';
        const pattern =
          typeof wanted === 'string'
            ? encode(wanted, encodingOf(isName ? from : encoding))
            : typeof wanted === 'number'
              ? Uint8Array.of(wanted & 255)
              : wanted instanceof Uint8Array
                ? wanted
                : wrongType('"value"', 'one of type number or string or an instance of Buffer or Uint8Array', wanted);
        const given = isName || from === undefined ? Number.NaN : Math.trunc(Number(from));
        let at = Number.isNaN(given) ? (isLast ? buffer.length : 0) : given < 0 ? buffer.length + given : given;
        if (isLast) {
          if (at < 0) return -1;
          for (at = Math.min(at, buffer.length - pattern.length); at >= 0; at -= 1)
            if (matches(buffer, pattern, at)) return at;
          return -1;
        }
        at = Math.max(at, 0);
        if (pattern.length === 0) return Math.min(at, buffer.length);
        for (; at <= buffer.length - pattern.length; at += 1) if (matches(buffer, pattern, at)) return at;
        return -1;
      };
      const matches = (buffer: Uint8Array, pattern: Uint8Array, at: number): boolean => {
        for (let index = 0; index < pattern.length; index += 1) if (buffer[at + index] !== pattern[index]) return false;
        return true;
      };
      const swap = (buffer: Uint8Array, size: number): Uint8Array => {
        if (buffer.length % size !== 0)
          return fail(RangeError, 'ERR_INVALID_BUFFER_SIZE', `Buffer size must be a multiple of ${size * 8}-bits`);
        for (let at = 0; at < buffer.length; at += size) buffer.subarray(at, at + size).reverse();
        return buffer;
      };
      const methods: Record<string, unknown> = {
        toString(this: Uint8Array, encoding?: unknown, start?: unknown, end?: unknown): string {
          const from = clamp(start, 0, this.length);
          const to = clamp(end, this.length, this.length);
          if (to <= from) return '';
          const part = from === 0 && to === this.length ? this : Uint8Array.prototype.subarray.call(this, from, to);
          return decode(part, encodingOf(encoding));
        },
        toLocaleString(this: Buffer, encoding?: BufferEncoding): string {
          return this.toString(encoding);
        },
        toJSON(this: Uint8Array): object {
          return { type: 'Buffer', data: Array.from(this) };
        },
        equals(this: Uint8Array, other: unknown): boolean {
          if (!(other instanceof Uint8Array))
            return wrongType('"otherBuffer"', 'an instance of Buffer or Uint8Array', other);
          return this === other || compare(this, other) === 0;
        },
        compare(this: Uint8Array, other: Uint8Array, from?: number, to?: number, start?: number, end?: number): number {
          if (!(other instanceof Uint8Array))
            return wrongType('"target"', 'an instance of Buffer or Uint8Array', other);
          return compare(subarray.call(this, start, end), subarray.call(other, from, to));
        },
        copy(this: Uint8Array, target: Uint8Array, targetStart?: unknown, start?: unknown, end?: unknown): number {
          if (!(target instanceof Uint8Array))
            return wrongType('"target"', 'an instance of Buffer or Uint8Array', target);
          const at = clamp(targetStart, 0, target.length);
          const from = clamp(start, 0, this.length);
          const to = Math.min(clamp(end, this.length, this.length), from + target.length - at);
          if (to <= from) return 0;
          Uint8Array.prototype.set.call(target, Uint8Array.prototype.subarray.call(this, from, to), at);
          return to - from;
        },
        slice: subarray,
        subarray,
        write(this: Uint8Array, text: unknown, offset?: unknown, length?: unknown, encoding?: unknown): number {
          if (typeof text !== 'string') return wrongType('"string"', 'of type string', text);
          const name = typeof offset === 'string' ? offset : typeof length === 'string' ? length : encoding;
          const at = typeof offset === 'number' ? offset : 0;
          if (at < 0 || at > this.length) return outOfRange('offset', `>= 0 && <= ${this.length}`, at);
          const room = Math.min(typeof length === 'number' ? Math.max(length, 0) : this.length, this.length - at);
          const kind = encodingOf(name);
          const bytes = encode(text, kind);
          let size = Math.min(bytes.length, room);
          // A character is written whole or not at all.
          if (size < bytes.length && kind === 'utf8')
            while (size > 0 && ((bytes[size] ?? 0) & 0xc0) === 0x80) size -= 1;
          if (size < bytes.length && kind === 'utf16le') size -= size % 2;
          Uint8Array.prototype.set.call(this, bytes.subarray(0, size), at);
          return size;
        },
        fill(this: Uint8Array, value: unknown, start?: unknown, end?: unknown, encoding?: unknown): Uint8Array {
          const isName = typeof start === 'string';
          const name = isName ? start : typeof end === 'string' ? end : encoding;
          const from = isName ? 0 : clamp(start, 0, this.length);
          const to = isName || typeof end === 'string' ? this.length : clamp(end, this.length, this.length);
          return fill(this as never, value, from, to, name);
        },
        indexOf(this: Uint8Array, value: unknown, from?: unknown, encoding?: unknown): number {
          return find(this, value, from, encoding, false);
        },
        lastIndexOf(this: Uint8Array, value: unknown, from?: unknown, encoding?: unknown): number {
          return find(this, value, from, encoding, true);
        },
        includes(this: Uint8Array, value: unknown, from?: unknown, encoding?: unknown): boolean {
          return find(this, value, from, encoding, false) >= 0;
        },
        swap16(this: Uint8Array): Uint8Array {
          return swap(this, 2);
        },
        swap32(this: Uint8Array): Uint8Array {
          return swap(this, 4);
        },
        swap64(this: Uint8Array): Uint8Array {
          return swap(this, 8);
        },
      };
      addNumbers(methods);
      return methods;
    },
  };
}
