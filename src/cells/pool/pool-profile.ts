/** An item that a pool can hold. */
export interface Pooled extends AsyncDisposable {
  /** Resolves when it can take no more jobs, for any reason. Never rejects. */
  readonly died: Promise<unknown>;
  /** Whether it responds; checked right before it is handed out. Never rejects. */
  isAlive(): Promise<boolean>;
}

/**
 * Checks that a waiting cell is alive, and may send its job at the same time. Resolves to whether the cell can be used.
 * Never rejects.
 */
export type Claim<Item> = (item: Item) => Promise<boolean>;

/** The plain {@link Claim}. */
export const checkAlive: Claim<Pooled> = (item) => item.isAlive();

/** Cells that can replace each other. */
export interface Profile<Item extends Pooled> {
  /** Unique and readable: statistics show it. */
  readonly key: string;
  /** Profiles with one compatibility key differ only in what {@link Profile.adapt} can change. */
  readonly compatibilityKey: string;
  /** Memory of one waiting cell, in MiB. */
  readonly memoryMb: number;
  /** Makes one cell; has its own deadline, and stops once `signal` is aborted. */
  make(signal: AbortSignal): Promise<Item>;
  /** Turns a compatible cell into one of this profile; rejects if it cannot. */
  adapt(item: Item, signal: AbortSignal): Promise<void>;
}

/**
 * Reports that a cell of a profile was `made` (in `ms` milliseconds), became ready (`grown`), or stopped waiting
 * because there were too many (`shrunk`) or because it died (`lost`). `ready` is the number of cells that wait now.
 */
export type PoolChange = (what: 'made' | 'grown' | 'shrunk' | 'lost', key: string, ready: number, ms: number) => void;
