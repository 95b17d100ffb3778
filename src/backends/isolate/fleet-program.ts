import type { HostProgram } from '../../contract/host-launcher.ts';
import type { HostProcess } from './host-process.ts';

/** Hears of hosts what a backend adds to them for itself. */
export interface FleetWatcher {
  /** One is being started. */
  started?(host: HostProcess): void;
  /** One is ready for jobs, so many milliseconds after its start. */
  cameUp?(host: HostProcess, ms: number): void;
  /** One is gone. */
  ended?(host: HostProcess): void;
  /** See `HostOwner`. */
  told?(host: HostProcess, kind: number, payload: Uint8Array): void;
}

/** A program with more to it than usual: what it takes in MiB before it has jobs. */
export interface FleetProgram extends HostProgram {
  readonly idleMb?: number | undefined;
}
