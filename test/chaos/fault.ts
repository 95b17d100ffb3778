import type { EngineHandle } from './engine-handle.ts';
import type { PrivateDocker } from './private-docker.ts';
import type { Random } from './random.ts';

/** The targets of faults. */
export interface Arena {
  readonly random: Random;
  /** The Docker engine's address; default: the usual one. */
  readonly address: string | undefined;
  /** The private Docker engine; absent if the usual one is used, which is never harmed. */
  readonly docker: PrivateDocker | undefined;
  /** The running engines. */
  engines(): readonly EngineHandle[];
  /** Kills the mortal engine and starts its successor; calls `hit` with its process id. */
  killEngine(hit: (pid: number) => void): Promise<boolean>;
}

/** The target of a fault. An engine is identified by its process id, so its successor is a different target. */
export type Target =
  | { readonly kind: 'container'; readonly engine: number; readonly name: string }
  | { readonly kind: 'host'; readonly engine: number }
  | { readonly kind: 'engine'; readonly engine: number }
  | { readonly kind: 'daemon' };

/** One kind of fault. */
export interface Fault {
  readonly name: string;
  readonly weight: number;
  /** Whether the target is paused, so that calls run out of time. */
  readonly stops: boolean;
  /** No other fault is injected meanwhile, because this one affects all containers. */
  readonly alone?: boolean;
  /**
   * Injects the fault, and resolves when its target has recovered or is gone. Calls `hit` just before the fault, so
   * that no call can suffer from it unexplained. Resolves to `false` if there was no target.
   */
  inject(arena: Arena, hit: (target: Target) => void): Promise<boolean>;
}

/** One injected fault; times are Unix times in milliseconds. */
export interface Injected {
  readonly fault: Pick<Fault, 'name' | 'stops'>;
  readonly target: Target;
  readonly fromMs: number;
  toMs: number;
}
