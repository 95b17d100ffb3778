/** What a pool can hold. */
export interface Pooled extends AsyncDisposable {
  /** Settles when it can take no job any more, whatever the reason. Never rejects. */
  readonly died: Promise<unknown>;
  /** Whether it answers; asked right before it is handed out. Never rejects. */
  isAlive(): Promise<boolean>;
}

/** Asks a waiting cell for a sign of life, and may tell it its job with that; whether it is to be had. Never rejects. */
export type Claim<Item> = (item: Item) => Promise<boolean>;

/** The plain {@link Claim}. */
export const checkAlive: Claim<Pooled> = (item) => item.isAlive();

/** Cells that can stand in for each other. */
export interface Profile<Item extends Pooled> {
  /** Unique, and readable: statistics show it. */
  readonly key: string;
  /** Profiles with one compatibility key differ only in what {@link Profile.adapt} can change. */
  readonly compatibilityKey: string;
  /** What one waiting cell takes, in MiB. */
  readonly memoryMb: number;
  /** Makes one; it has its own deadline, and ends early once `signal` is aborted. */
  make(signal: AbortSignal): Promise<Item>;
  /** Turns a compatible cell into one of this profile; rejects where it cannot. */
  adapt(item: Item, signal: AbortSignal): Promise<void>;
}

/**
 * A cell of a profile was `made` (which took `ms`); began to wait (`grown`); does not wait any more, because it was too much
 * (`shrunk`) or because it died (`lost`). `ready` is how many wait now.
 */
export type PoolChange = (what: 'made' | 'grown' | 'shrunk' | 'lost', key: string, ready: number, ms: number) => void;
