/** Makes the isolate count all memory of a guest in an interpreter. */
export interface MemoryBudget {
  /** Keeps a weight permanently; see `wasm/host/weights`. */
  keep(weight: unknown): void;
  /** Runs `act`, which permanently takes memory that the isolate does not count, and has the memory counted. */
  take<Result>(bytes: number, act: () => Result): Result;
}

/**
 * The isolate's limit does not include the memory of WebAssembly. The host reads the number of 64 KiB pages taken from
 * a cell, and returns a weight for them.
 */
export function createMemoryBudget(weigh: () => unknown, cells: Int32Array, cell: number): MemoryBudget {
  const { ceil } = Math;
  let bytes = 0;
  // A linked list, so that the guest's changes to arrays do not matter.
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
