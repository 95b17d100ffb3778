import type { EngineHandle } from './engine-handle.ts';
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
  /** Has the engine that may die killed and succeeded by another; `hit` is told its process id. */
  killEngine(hit: (pid: number) => void): Promise<boolean>;
}

/** What a fault hits; an engine is named by its process id, so its successor is another. */
export type Target =
  | { readonly kind: 'container'; readonly engine: number; readonly name: string }
  | { readonly kind: 'host'; readonly engine: number }
  | { readonly kind: 'engine'; readonly engine: number }
  | { readonly kind: 'daemon' };

/** One kind of fault. */
export interface Fault {
  readonly name: string;
  readonly weight: number;
  /** Whether something stands still under it, which makes calls run out of their time. */
  readonly stops: boolean;
  /** Nothing else is injected meanwhile: all containers suffer from it. */
  readonly alone?: boolean;
  /**
   * Injects it, and settles when what it hit has recovered or is gone; says `hit` just before it strikes, so that no call
   * can suffer from it unexplained. `false` where there was nobody to hit.
   */
  inject(arena: Arena, hit: (target: Target) => void): Promise<boolean>;
}

/** One fault that was injected; times are Unix times in milliseconds. */
export interface Injected {
  readonly fault: Pick<Fault, 'name' | 'stops'>;
  readonly target: Target;
  readonly fromMs: number;
  toMs: number;
}
