import type { Kit } from './kit.ts';

/** A hash that takes its input piece by piece. */
export interface HashState {
  update(bytes: Uint8Array): void;
  digest(): Uint8Array<ArrayBuffer>;
  copy(): HashState;
}

/** How to make a hash, and what it reads at a time, in bytes. */
export interface HashKind {
  readonly blockBytes: number;
  start(): HashState;
}

/** Makes MD5, SHA-1 and SHA-2: by name, in small letters without hyphens. */
export function createHashes(_kit: Kit): Readonly<Record<string, HashKind>> {
  const primes: number[] = [];
  for (let candidate = 2; primes.length < 80; candidate += 1) {
    if (primes.every((prime) => candidate % prime !== 0)) primes.push(candidate);
  }
  /** The first 64 bits of the fraction of a root: what SHA-2 takes its numbers from. */
  const fraction = (prime: number, degree: 2n | 3n): bigint => {
    const value = BigInt(prime) << (64n * degree);
    let root = BigInt(Math.ceil(prime ** (1 / Number(degree)) * 2 ** 40) + 2 ** 8) << 24n;
    for (;;) {
      const next = ((degree - 1n) * root + value / root ** (degree - 1n)) / degree;
      if (next >= root) return root & 0xffff_ffff_ffff_ffffn;
      root = next;
    }
  };
  const words = (values: readonly bigint[]): Int32Array =>
    Int32Array.from(values.flatMap((value) => [Number(value >> 32n) | 0, Number(value & 0xffff_ffffn) | 0]));
  const highs = (pairs: Int32Array): Int32Array => pairs.filter((_, index) => index % 2 === 0);
  const lows = (pairs: Int32Array): Int32Array => pairs.filter((_, index) => index % 2 === 1);
  let tables: Readonly<Record<'cubes' | 'squares' | 'laterSquares' | 'shortCubes', Int32Array>> | undefined;
  const load = (): NonNullable<typeof tables> => {
    const cubes = words(primes.map((prime) => fraction(prime, 3n)));
    tables ??= {
      cubes,
      shortCubes: highs(cubes),
      squares: words(primes.slice(0, 8).map((prime) => fraction(prime, 2n))),
      laterSquares: words(primes.slice(8, 16).map((prime) => fraction(prime, 2n))),
    };
    return tables;
  };

  type Compress = (state: Int32Array, block: DataView, scratch: Int32Array) => void;
  interface Recipe {
    readonly blockBytes: 64 | 128;
    readonly outputBytes: number;
    readonly isLittle?: boolean;
    readonly scratch: number;
    readonly initial: () => Int32Array;
    readonly compress: Compress;
  }
  const begin = (recipe: Recipe, state: Int32Array, rest: Uint8Array, seen: number): HashState => {
    const { blockBytes, outputBytes, isLittle = false, compress } = recipe;
    const scratch = new Int32Array(recipe.scratch);
    const pending = new Uint8Array(blockBytes);
    const pendingView = new DataView(pending.buffer);
    pending.set(rest);
    let held = rest.length;
    let total = seen;
    const update = (bytes: Uint8Array): void => {
      total += bytes.length;
      let at = 0;
      if (held > 0) {
        const taken = Math.min(blockBytes - held, bytes.length);
        pending.set(bytes.subarray(0, taken), held);
        held += taken;
        at = taken;
        if (held < blockBytes) return;
        compress(state, pendingView, scratch);
        held = 0;
      }
      for (; at + blockBytes <= bytes.length; at += blockBytes) {
        compress(state, new DataView(bytes.buffer, bytes.byteOffset + at, blockBytes), scratch);
      }
      pending.set(bytes.subarray(at));
      held = bytes.length - at;
    };
    return {
      update,
      copy: () => begin(recipe, state.slice(), pending.slice(0, held), total),
      digest() {
        const bits = total;
        const lengthBytes = blockBytes / 8;
        const padding = new Uint8Array(((2 * blockBytes - held - lengthBytes - 1) % blockBytes) + 1 + lengthBytes);
        padding[0] = 0x80;
        const view = new DataView(padding.buffer);
        const high = Math.floor(bits / 2 ** 29);
        const low = (bits * 8) % 2 ** 32;
        const end = padding.length;
        view.setUint32(end - 8, isLittle ? low : high, isLittle);
        view.setUint32(end - 4, isLittle ? high : low, isLittle);
        update(padding);
        const output = new DataView(new ArrayBuffer(state.length * 4));
        for (let index = 0; index < state.length; index += 1) output.setInt32(4 * index, state[index] ?? 0, isLittle);
        return new Uint8Array(output.buffer.slice(0, outputBytes));
      },
    };
  };

  const rotl = (word: number, bits: number): number => (word << bits) | (word >>> (32 - bits));
  const rotr = (word: number, bits: number): number => (word >>> bits) | (word << (32 - bits));
  const at = (list: Int32Array, index: number): number => list[index] as number;

  const md5Shifts = [7, 12, 17, 22, 5, 9, 14, 20, 4, 11, 16, 23, 6, 10, 15, 21];
  const sines = Int32Array.from({ length: 64 }, (_, index) => Math.floor(Math.abs(Math.sin(index + 1)) * 2 ** 32) | 0);
  const md5: Compress = (state, block) => {
    let [a, b, c, d] = [at(state, 0), at(state, 1), at(state, 2), at(state, 3)];
    for (let index = 0; index < 64; index += 1) {
      const round = index >> 4;
      const [mixed, word] =
        round === 0
          ? [(b & c) | (~b & d), index]
          : round === 1
            ? [(d & b) | (~d & c), (5 * index + 1) % 16]
            : round === 2
              ? [b ^ c ^ d, (3 * index + 5) % 16]
              : [c ^ (b | ~d), (7 * index) % 16];
      const sum = (a + mixed + at(sines, index) + block.getInt32(4 * word, true)) | 0;
      a = d;
      d = c;
      c = b;
      b = (b + rotl(sum, md5Shifts[round * 4 + (index % 4)] as number)) | 0;
    }
    state.set([at(state, 0) + a, at(state, 1) + b, at(state, 2) + c, at(state, 3) + d]);
  };

  const sha1: Compress = (state, block, w) => {
    for (let index = 0; index < 80; index += 1) {
      w[index] =
        index < 16
          ? block.getInt32(4 * index)
          : rotl(at(w, index - 3) ^ at(w, index - 8) ^ at(w, index - 14) ^ at(w, index - 16), 1);
    }
    let [a, b, c, d, e] = [at(state, 0), at(state, 1), at(state, 2), at(state, 3), at(state, 4)];
    for (let index = 0; index < 80; index += 1) {
      const mixed =
        index < 20
          ? ((b & c) | (~b & d)) + 0x5a82_7999
          : index < 40
            ? (b ^ c ^ d) + 0x6ed9_eba1
            : index < 60
              ? ((b & c) | (b & d) | (c & d)) + 0x8f1b_bcdc
              : (b ^ c ^ d) + 0xca62_c1d6;
      const next = (rotl(a, 5) + mixed + e + at(w, index)) | 0;
      e = d;
      d = c;
      c = rotl(b, 30);
      b = a;
      a = next;
    }
    state.set([at(state, 0) + a, at(state, 1) + b, at(state, 2) + c, at(state, 3) + d, at(state, 4) + e]);
  };

  const sha256: Compress = (state, block, w) => {
    const { shortCubes } = tables ?? load();
    for (let index = 0; index < 64; index += 1) {
      if (index < 16) w[index] = block.getInt32(4 * index);
      else {
        const x = at(w, index - 15);
        const y = at(w, index - 2);
        const s0 = rotr(x, 7) ^ rotr(x, 18) ^ (x >>> 3);
        const s1 = rotr(y, 17) ^ rotr(y, 19) ^ (y >>> 10);
        w[index] = (at(w, index - 16) + s0 + at(w, index - 7) + s1) | 0;
      }
    }
    let [a, b, c, d] = [at(state, 0), at(state, 1), at(state, 2), at(state, 3)];
    let [e, f, g, h] = [at(state, 4), at(state, 5), at(state, 6), at(state, 7)];
    for (let index = 0; index < 64; index += 1) {
      const s1 = rotr(e, 6) ^ rotr(e, 11) ^ rotr(e, 25);
      const t1 = (h + s1 + ((e & f) ^ (~e & g)) + at(shortCubes, index) + at(w, index)) | 0;
      const s0 = rotr(a, 2) ^ rotr(a, 13) ^ rotr(a, 22);
      const t2 = (s0 + ((a & b) ^ (a & c) ^ (b & c))) | 0;
      h = g;
      g = f;
      f = e;
      e = (d + t1) | 0;
      d = c;
      c = b;
      b = a;
      a = (t1 + t2) | 0;
    }
    const added = [a, b, c, d, e, f, g, h];
    for (let index = 0; index < 8; index += 1) state[index] = at(state, index) + (added[index] as number);
  };

  /** Numbers of 64 bits lie in pairs of words, the high one first. */
  const sha512: Compress = (state, block, w) => {
    const { cubes } = tables ?? load();
    for (let index = 0; index < 32; index += 1) w[index] = block.getInt32(4 * index);
    for (let index = 32; index < 160; index += 2) {
      const [xh, xl] = [at(w, index - 30), at(w, index - 29)];
      const [yh, yl] = [at(w, index - 4), at(w, index - 3)];
      const s0h = ((xh >>> 1) | (xl << 31)) ^ ((xh >>> 8) | (xl << 24)) ^ (xh >>> 7);
      const s0l = ((xl >>> 1) | (xh << 31)) ^ ((xl >>> 8) | (xh << 24)) ^ ((xl >>> 7) | (xh << 25));
      const s1h = ((yh >>> 19) | (yl << 13)) ^ ((yl >>> 29) | (yh << 3)) ^ (yh >>> 6);
      const s1l = ((yl >>> 19) | (yh << 13)) ^ ((yh >>> 29) | (yl << 3)) ^ ((yl >>> 6) | (yh << 26));
      const low = (at(w, index - 31) >>> 0) + (s0l >>> 0) + (at(w, index - 13) >>> 0) + (s1l >>> 0);
      w[index + 1] = low | 0;
      w[index] = (at(w, index - 32) + s0h + at(w, index - 14) + s1h + Math.floor(low / 2 ** 32)) | 0;
    }
    const v = state.slice();
    for (let index = 0; index < 160; index += 2) {
      const [ah, al, eh, el] = [at(v, 0), at(v, 1), at(v, 8), at(v, 9)];
      const s1h = ((eh >>> 14) | (el << 18)) ^ ((eh >>> 18) | (el << 14)) ^ ((el >>> 9) | (eh << 23));
      const s1l = ((el >>> 14) | (eh << 18)) ^ ((el >>> 18) | (eh << 14)) ^ ((eh >>> 9) | (el << 23));
      const chh = (eh & at(v, 10)) ^ (~eh & at(v, 12));
      const chl = (el & at(v, 11)) ^ (~el & at(v, 13));
      const low1 =
        (at(v, 15) >>> 0) + (s1l >>> 0) + (chl >>> 0) + (at(cubes, index + 1) >>> 0) + (at(w, index + 1) >>> 0);
      const t1h = (at(v, 14) + s1h + chh + at(cubes, index) + at(w, index) + Math.floor(low1 / 2 ** 32)) | 0;
      const t1l = low1 | 0;
      const s0h = ((ah >>> 28) | (al << 4)) ^ ((al >>> 2) | (ah << 30)) ^ ((al >>> 7) | (ah << 25));
      const s0l = ((al >>> 28) | (ah << 4)) ^ ((ah >>> 2) | (al << 30)) ^ ((ah >>> 7) | (al << 25));
      const majh = (ah & at(v, 2)) ^ (ah & at(v, 4)) ^ (at(v, 2) & at(v, 4));
      const majl = (al & at(v, 3)) ^ (al & at(v, 5)) ^ (at(v, 3) & at(v, 5));
      const low2 = (s0l >>> 0) + (majl >>> 0);
      const t2h = (s0h + majh + Math.floor(low2 / 2 ** 32)) | 0;
      const t2l = low2 | 0;
      v.copyWithin(2, 0, 14);
      const lowE = (at(v, 9) >>> 0) + (t1l >>> 0);
      v[8] = at(v, 8) + t1h + Math.floor(lowE / 2 ** 32);
      v[9] = lowE;
      const lowA = (t1l >>> 0) + (t2l >>> 0);
      v[0] = t1h + t2h + Math.floor(lowA / 2 ** 32);
      v[1] = lowA;
    }
    for (let index = 0; index < 16; index += 2) {
      const low = (at(state, index + 1) >>> 0) + (at(v, index + 1) >>> 0);
      state[index] = at(state, index) + at(v, index) + Math.floor(low / 2 ** 32);
      state[index + 1] = low;
    }
  };

  const firstWords = (): Int32Array => Int32Array.of(0x6745_2301, 0xefcd_ab89, 0x98ba_dcfe, 0x1032_5476);
  const tablesOf = (): NonNullable<typeof tables> => tables ?? load();
  const recipes: Record<string, Recipe> = {
    md5: { blockBytes: 64, outputBytes: 16, isLittle: true, scratch: 0, initial: firstWords, compress: md5 },
    sha1: {
      blockBytes: 64,
      outputBytes: 20,
      scratch: 80,
      initial: () => Int32Array.of(...firstWords(), 0xc3d2_e1f0),
      compress: sha1,
    },
    sha224: {
      ...{ blockBytes: 64, outputBytes: 28, scratch: 64, compress: sha256 },
      initial: () => lows(tablesOf().laterSquares),
    },
    sha256: {
      ...{ blockBytes: 64, outputBytes: 32, scratch: 64, compress: sha256 },
      initial: () => highs(tablesOf().squares),
    },
    sha384: {
      ...{ blockBytes: 128, outputBytes: 48, scratch: 160, compress: sha512 },
      initial: () => tablesOf().laterSquares.slice(),
    },
    sha512: {
      ...{ blockBytes: 128, outputBytes: 64, scratch: 160, compress: sha512 },
      initial: () => tablesOf().squares.slice(),
    },
  };
  const kinds: Record<string, HashKind> = { __proto__: null } as never;
  for (const [name, recipe] of Object.entries(recipes)) {
    kinds[name] = {
      blockBytes: recipe.blockBytes,
      start: () => begin(recipe, recipe.initial(), new Uint8Array(0), 0),
    };
  }
  return kinds;
}
