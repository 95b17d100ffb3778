import type { NodeErrors } from './errors.ts';
import type { HashKind, HashState } from './hashes.ts';
import type { Kit } from './kit.ts';

/** Makes the part of `crypto` that needs no keys of its own: hashes, HMAC, PBKDF2, random bytes and numbers. */
export function createCrypto({ ask, bytes: { toBytes }, load }: Kit): object {
  interface NodeBuffer extends Uint8Array {
    toString(encoding?: string): string;
  }
  const { Buffer } = load('buffer') as { Buffer: { from(given: unknown, ...more: unknown[]): NodeBuffer } };
  const { fail, wrongType, outOfRange } = load('errors') as NodeErrors;
  const kinds = load('hashes') as Readonly<Record<string, HashKind>>;

  const bytesOf = (value: unknown, encoding: unknown, name: string): Uint8Array => {
    if (typeof value === 'string') return Buffer.from(value, encoding === 'buffer' ? undefined : encoding);
    if (value instanceof Uint8Array) return value;
    if (ArrayBuffer.isView(value)) return new Uint8Array(value.buffer, value.byteOffset, value.byteLength);
    if (value instanceof ArrayBuffer) return new Uint8Array(value);
    return wrongType(name, 'of type string or an instance of Buffer, TypedArray, or DataView', value);
  };
  const kindOf = (name: unknown): HashKind => {
    if (typeof name !== 'string') return wrongType('"algorithm"', 'of type string', name);
    const kind = kinds[name.toLowerCase().replace(/^(?:rsa-)?sha-?(\d)/u, 'sha$1')];
    return (
      kind ??
      fail(
        Error,
        'ERR_OSSL_EVP_UNSUPPORTED',
        `Digest method not supported: there is no "${name}" here; use ${Object.keys(kinds).join(', ')}.`,
      )
    );
  };
  const give = (bytes: Uint8Array, encoding: unknown): unknown => {
    const buffer = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length);
    return encoding === undefined || encoding === 'buffer' ? buffer : buffer.toString(String(encoding));
  };

  let makes = false;
  /** The objects that `createHash` and `createHmac` return. */
  class Digest {
    #state: HashState;
    #finish: (digest: Uint8Array<ArrayBuffer>) => Uint8Array;
    #isOver = false;
    constructor(state: HashState, finish: (digest: Uint8Array<ArrayBuffer>) => Uint8Array) {
      if (!makes) throw new TypeError('Illegal constructor');
      this.#state = state;
      this.#finish = finish;
    }
    update(data: unknown, encoding?: unknown): this {
      if (this.#isOver) fail(Error, 'ERR_CRYPTO_HASH_FINALIZED', 'Digest already called');
      this.#state.update(bytesOf(data, encoding, '"data"'));
      return this;
    }
    digest(encoding?: unknown): unknown {
      if (this.#isOver) fail(Error, 'ERR_CRYPTO_HASH_FINALIZED', 'Digest already called');
      this.#isOver = true;
      return give(this.#finish(this.#state.digest()), encoding);
    }
    copy(): Digest {
      if (this.#isOver) fail(Error, 'ERR_CRYPTO_HASH_FINALIZED', 'Digest already called');
      return begin(this.#state.copy(), this.#finish);
    }
    write(data: unknown, encoding?: unknown): boolean {
      this.update(data, encoding);
      return true;
    }
    end(data?: unknown, encoding?: unknown): void {
      if (data !== undefined) this.update(data, encoding);
    }
    read(): unknown {
      return this.digest();
    }
  }
  const begin = (state: HashState, finish: (digest: Uint8Array<ArrayBuffer>) => Uint8Array): Digest => {
    makes = true;
    try {
      return new Digest(state, finish);
    } finally {
      makes = false;
    }
  };
  /** HMAC with a key: how to begin one, and how to end it. */
  const hmac = (kind: HashKind, key: Uint8Array): { start(): HashState; finish(digest: Uint8Array): Uint8Array } => {
    let short = key;
    if (key.length > kind.blockBytes) {
      const state = kind.start();
      state.update(key);
      short = state.digest();
    }
    const padded = (mask: number): HashState => {
      const block = new Uint8Array(kind.blockBytes).fill(mask);
      for (let index = 0; index < short.length; index += 1) block[index] = mask ^ (short[index] ?? 0);
      const state = kind.start();
      state.update(block);
      return state;
    };
    const inner = padded(0x36);
    const outer = padded(0x5c);
    return {
      start: () => inner.copy(),
      finish(digest) {
        const state = outer.copy();
        state.update(digest);
        return state.digest();
      },
    };
  };
  const pbkdf2Sync = (password: unknown, salt: unknown, iterations: number, length: number, name: unknown): unknown => {
    const kind = kindOf(name);
    if (!Number.isInteger(iterations) || iterations < 1) outOfRange('iterations', '>= 1 && <= 2147483647', iterations);
    if (!Number.isInteger(length) || length < 0) outOfRange('keylen', '>= 0 && <= 2147483647', length);
    const { start, finish } = hmac(kind, bytesOf(password, 'utf8', '"password"'));
    const seed = bytesOf(salt, 'utf8', '"salt"');
    const derived = new Uint8Array(length);
    for (let at = 0, block = 1; at < length; block += 1) {
      let state = start();
      state.update(seed);
      state.update(Uint8Array.of(block >>> 24, block >>> 16, block >>> 8, block));
      let round = finish(state.digest());
      const sum = round.slice();
      for (let count = 1; count < iterations; count += 1) {
        state = start();
        state.update(round);
        round = finish(state.digest());
        for (let index = 0; index < sum.length; index += 1) sum[index] = (sum[index] ?? 0) ^ (round[index] ?? 0);
      }
      derived.set(sum.subarray(0, length - at), at);
      at += sum.length;
    }
    return give(derived, undefined);
  };

  const random = (size: number): Uint8Array<ArrayBuffer> => {
    const bytes = new Uint8Array(size);
    for (let at = 0; at < size; at += 65_536) bytes.set(toBytes(ask('random', `${Math.min(65_536, size - at)}`)), at);
    return bytes;
  };
  const sizeOf = (size: unknown): number => {
    if (typeof size !== 'number') return wrongType('"size"', 'of type number', size);
    return size >= 0 && size <= 2_147_483_647 ? Math.floor(size) : outOfRange('size', '>= 0 && <= 2147483647', size);
  };
  type Callback = (error: null, value: unknown) => void;
  /** Answers at once, or later to a callback. */
  const answer = (value: unknown, callback: unknown): unknown => {
    if (typeof callback !== 'function') return value;
    setImmediate(() => (callback as Callback)(null, value));
    return undefined;
  };
  const randomInt = (low: number, high?: unknown, callback?: unknown): unknown => {
    const [min, max] = typeof high === 'number' ? [low, high] : [0, low];
    if (!Number.isSafeInteger(min)) return wrongType('"min"', 'a safe integer', min);
    if (!Number.isSafeInteger(max)) return wrongType('"max"', 'a safe integer', max);
    const range = max - min;
    if (range <= 0 || range > 2 ** 48 - 1) return outOfRange('max', `greater than the value of "min" (${min})`, max);
    const bound = 2 ** 48 - (2 ** 48 % range);
    for (;;) {
      const value = random(6).reduce((sum, byte) => sum * 256 + byte, 0);
      if (value < bound) return answer(min + (value % range), typeof high === 'function' ? high : callback);
    }
  };

  return {
    createHash: (name: unknown) => begin(kindOf(name).start(), (digest) => digest),
    createHmac: (name: unknown, key: unknown) => {
      const { start, finish } = hmac(kindOf(name), bytesOf(key, 'utf8', '"key"'));
      return begin(start(), finish);
    },
    hash: (name: unknown, data: unknown, encoding: unknown = 'hex') => {
      const state = kindOf(name).start();
      state.update(bytesOf(data, 'utf8', '"input"'));
      return give(state.digest(), encoding);
    },
    getHashes: () => Object.keys(kinds),
    pbkdf2Sync,
    pbkdf2: (...given: [unknown, unknown, number, number, unknown, unknown]) => {
      const [password, salt, iterations, length, name, callback] = given;
      answer(pbkdf2Sync(password, salt, iterations, length, name), callback);
    },
    randomBytes: (size: unknown, callback?: unknown) => answer(give(random(sizeOf(size)), undefined), callback),
    pseudoRandomBytes: (size: unknown) => give(random(sizeOf(size)), undefined),
    randomFillSync: (target: ArrayBufferView, offset = 0, size?: number) => {
      const view = new Uint8Array(target.buffer, target.byteOffset + offset, size ?? target.byteLength - offset);
      view.set(random(view.length));
      return target;
    },
    randomInt,
    randomUUID: () => {
      const bytes = random(16);
      bytes[6] = ((bytes[6] ?? 0) & 0x0f) | 0x40;
      bytes[8] = ((bytes[8] ?? 0) & 0x3f) | 0x80;
      const hex = Buffer.from(bytes).toString('hex');
      return hex.replace(/^(.{8})(.{4})(.{4})(.{4})/u, '$1-$2-$3-$4-');
    },
    timingSafeEqual: (a: unknown, b: unknown) => {
      const [left, right] = [bytesOf(a, 'utf8', '"buf1"'), bytesOf(b, 'utf8', '"buf2"')];
      if (left.length !== right.length) {
        fail(RangeError, 'ERR_CRYPTO_TIMING_SAFE_EQUAL_LENGTH', 'Input buffers must have the same byte length');
      }
      let difference = 0;
      for (let index = 0; index < left.length; index += 1) difference |= (left[index] ?? 0) ^ (right[index] ?? 0);
      return difference === 0;
    },
    getRandomValues: (array: never) => globalThis.crypto.getRandomValues(array),
    webcrypto: globalThis.crypto,
  };
}
