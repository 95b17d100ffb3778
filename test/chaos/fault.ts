import type { EngineHandle } from './engine-handle.ts';
import type { Outcome } from './load.ts';
import type { PrivateDocker } from './private-docker.ts';
import type { Random } from './random.ts';

/** What faults are injected into. */
export interface Arena {
  readonly random: Random;
  /** The Docker engine's address; the usual one without. */
  readonly address: string | undefined;
  /** Our own Docker engine, unless the usual one is used: that one is never harmed. */
  readonly docker: PrivateDocker | undefined;
  /** Engines that run now. */
  engines(): readonly EngineHandle[];
  /** Has the engine that may die killed and succeeded by another. */
  killEngine(): Promise<boolean>;
}

/** One kind of fault. */
export interface Fault {
  readonly name: string;
  readonly weight: number;
  /** What it can reach. */
  readonly reach: 'isolate' | 'docker' | 'both';
  /** Whether something stands still under it, which makes calls run out of their time. */
  readonly stops: boolean;
  /** Nothing else is injected meanwhile: all containers suffer from it. */
  readonly alone?: boolean;
  /** Injects it, and settles when it is over; `false` where there was nobody to hit. */
  inject(arena: Arena): Promise<boolean>;
}

/** One fault that was injected; times are Unix times in milliseconds. */
export interface Injected {
  readonly fault: Pick<Fault, 'name' | 'reach' | 'stops'>;
  readonly fromMs: number;
  toMs: number;
}

/**
 * What a fault did shows for this long: a daemon that comes back is slow at first, and a lease that it slows down ends
 * 10 s later.
 */
const aftermathMs = 25_000;

/** Whether one of the faults explains that a call did not end as it should. */
export function explains(injected: readonly Injected[], outcome: Outcome): boolean {
  return injected.some(
    ({ fault, fromMs, toMs }) =>
      fromMs <= outcome.toMs &&
      toMs + aftermathMs >= outcome.fromMs &&
      (fault.reach === 'both' || fault.reach === outcome.backend) &&
      (outcome.worth !== 'slowed' || fault.stops),
  );
}
