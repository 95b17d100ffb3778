import type { Buffers } from '../../isolate/realm/buffers.ts';

/** Sees to it that the isolate counts all that a guest in an interpreter takes. */
export interface MemoryBudget {
  /** Keeps a weight, for good, and takes note of how much the reserve has, in MiB; see `wasm/host/weights`. */
  keep(weight: unknown, reserveMb: number): void;
  /** Does what takes memory that the isolate does not count, for good, and has it counted. */
  take<Result>(bytes: number, act: () => Result): Result;
  /** Passing files takes copies. While a program runs, the room for them is kept back. */
  reserve(): void;
  /** The program is through: gives that back. */
  release(): void;
}

/**
 * Memory of WebAssembly is not the isolate's, as far as its limit is concerned. The host reads from a cell how many pages
 * of 64 KiB were taken, and gives a weight for them.
 */
export function createMemoryBudget(
  buffers: Buffers,
  weigh: () => unknown,
  cells: Int32Array,
  cell: number,
): MemoryBudget {
  const { ceil } = Math;
  let bytes = 0;
  // Linked by hand: it does not matter what the guest does to arrays.
  let kept: { readonly weight: unknown; readonly before: unknown } | undefined;
  const keep = (weight: unknown): void => {
    kept = { weight, before: kept };
  };
  let reserveMb = 0;
  let reserved: ArrayBuffer | undefined;
  return {
    keep(weight, mb) {
      keep(weight);
      reserveMb = mb;
    },
    reserve() {
      reserved ??= buffers.reserve(reserveMb * 1_048_576);
      cells[cell + 1] = reserved === undefined ? 0 : reserveMb * 16;
    },
    release() {
      if (reserved !== undefined) buffers.free(reserved);
      reserved = undefined;
      cells[cell + 1] = 0;
    },
    take(more, act) {
      const result = act();
      bytes += more;
      cells[cell] = ceil(bytes / 65_536);
      keep(weigh());
      return result;
    },
  };
}
