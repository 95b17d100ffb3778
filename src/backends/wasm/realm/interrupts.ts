import type { Intrinsics } from '../../isolate/realm/intrinsics.ts';

/** What asks a guest from outside to stop what it does, as Ctrl-C does at a terminal. */
export interface Interrupts {
  /** Whether one came that nothing has taken note of. */
  pending(): boolean;
  /** Takes note of it. */
  clear(): void;
  /** Blocks the guest's thread for so long, or until one comes; whether one is pending. */
  sleep(ms: number): boolean;
  /** What Pyodide takes for its interrupt buffer: the number of a signal, which it looks at now and then. */
  readonly buffer: { 0: number };
}

/**
 * Makes them of a number that the realm shares with its host, who sets it while the guest computes. The shared memory
 * itself stays in here: what Pyodide gets, and so what a guest can dig out, is an object that reads the number.
 */
export function createInterrupts({ load, wait }: Intrinsics, cells: Int32Array): Interrupts {
  // The first is the bell of answers.
  const cell = 1;
  const pending = (): boolean => load(cells, cell) !== 0;
  return {
    pending,
    clear() {
      cells[cell] = 0;
    },
    sleep(ms) {
      wait(cells, cell, 0, ms);
      return pending();
    },
    buffer: {
      // Whoever reads it takes it. Python sets it to 0 after each look, and what came in between would be lost.
      get 0() {
        const signal = load(cells, cell);
        if (signal !== 0) cells[cell] = 0;
        return signal;
      },
      set 0(_) {},
    },
  };
}
