/** Sees to it that the isolate counts all that a guest in an interpreter takes. */
export interface MemoryBudget {
  /** Keeps a weight, for good; see `wasm/host/weights`. */
  keep(weight: unknown): void;
  /** Does what takes memory that the isolate does not count, for good, and has it counted. */
  take<Result>(bytes: number, act: () => Result): Result;
}

/**
 * Memory of WebAssembly is not the isolate's, as far as its limit is concerned. The host reads from a cell how many pages
 * of 64 KiB were taken, and gives a weight for them.
 */
export function createMemoryBudget(weigh: () => unknown, cells: Int32Array, cell: number): MemoryBudget {
  const { ceil } = Math;
  let bytes = 0;
  // Linked by hand: it does not matter what the guest does to arrays.
  let kept: { readonly weight: unknown; readonly before: unknown } | undefined;
  const keep = (weight: unknown): void => {
    kept = { weight, before: kept };
  };
  return {
    keep,
    take(more, act) {
      const result = act();
      bytes += more;
      cells[cell] = ceil(bytes / 65_536);
      keep(weigh());
      return result;
    },
  };
}
