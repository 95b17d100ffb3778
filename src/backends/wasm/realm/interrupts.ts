import type { Intrinsics } from '../../isolate/realm/intrinsics.ts';

/** Requests from outside to stop the guest's current work, like Ctrl-C at a terminal. */
export interface Interrupts {
  /** Whether an interrupt is pending. */
  pending(): boolean;
  /** Clears the pending interrupt. */
  clear(): void;
  /** Blocks the guest's thread for `ms` milliseconds or until an interrupt; returns whether one is pending. */
  sleep(ms: number): boolean;
  /** Pyodide's interrupt buffer: the number of a signal, which Pyodide reads from time to time. */
  readonly buffer: { 0: number };
}

/**
 * Makes interrupts from a number that the realm shares with its host, which sets it while the guest computes. The
 * shared memory stays inside: Pyodide, and so the guest, gets only an object that reads the number.
 */
export function createInterrupts({ load, wait }: Intrinsics, cells: Int32Array): Interrupts {
  // Cell 0 counts messages.
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
      // Reading takes the signal. Python sets it to 0 after each read, which would lose a signal that arrives in
      // between.
      get 0() {
        const signal = load(cells, cell);
        if (signal !== 0) cells[cell] = 0;
        return signal;
      },
      set 0(_) {},
    },
  };
}
