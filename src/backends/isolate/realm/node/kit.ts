import type { ModuleMeans } from '../modules.ts';

/**
 * What a module of this folder is made of. Modules are not part of the realm's own script: the realm asks its host for
 * the text of each when the guest first uses it, and evaluates it in the guest's isolate.
 */
export interface Kit extends Omit<ModuleMeans, 'loadInspect'> {
  /** All that the formatter's package has. */
  readonly inspectModule: () => Readonly<Record<string, unknown>>;
  /** Another module. */
  readonly load: (name: string) => never;
}

/** What the realm asks of `process` when a program ends. */
export interface ProcessEnd {
  /** Tells the listeners of `exit`; the exit code that the program has set. */
  leave(): number;
  /** Forgets what the program of an earlier call has set. */
  begin(): void;
}
