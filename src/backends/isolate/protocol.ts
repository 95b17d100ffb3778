import type { Language } from '../../contract/api/request.ts';

/** What engine and host process say to each other besides the cell protocol; all of it on control job 0. */

/** Kinds of control messages from a host process. */
export const hostKinds = {
  /** Every {@link heartbeatMs} while jobs run: {@link HeartbeatMessage}. */
  heartbeat: 64,
  /** The host is beyond repair (a thread that nothing can stop): lease no more, kill it once its other jobs are done. */
  poisoned: 65,
  /** The host can run guests in a language that it was loaded for, or cannot: {@link LoadedMessage}. */
  loaded: 66,
  /** A piece of the memory snapshot that was asked for; the empty one is the last. */
  snapshot: 67,
  /** A guest waits for the job that it was asked for, or cannot: {@link ReservedMessage}. */
  reserved: 68,
} as const;

/** Kinds of control messages to a host process. */
export const hostCommands = {
  /** One file of the runtime assets: the language, a slash, its name, a null byte, its content. */
  assetFile: 72,
  /** All files are there: {@link LoadMessage}. */
  load: 73,
  /** Have a guest ready for a job that comes: {@link ReserveMessage}. */
  reserve: 74,
  /** The job will not come, its number in JSON. */
  release: 75,
} as const;

/** Payload of an `load` order. */
export interface LoadMessage {
  readonly language: Language;
  /** Name of a package, or of a stand-in for one → file of the runtime assets. */
  readonly entries: Readonly<Record<string, string>>;
  /** Files of the runtime assets that the host has open: their descriptors, and where their content begins, in bytes. */
  readonly opened: Readonly<Record<string, { readonly fd: number; readonly from: number }>>;
  /** The most that an interpreter's own memory may come to, in MiB, whatever the job's limits. */
  readonly memoryMaxMb: number;
  /** Guests that wait for a job. */
  readonly spares: number;
  /** Answer with a memory snapshot rather than with guests. */
  readonly makesSnapshot: boolean;
}

/** Payload of an `loaded` message. */
export interface LoadedMessage {
  readonly language: Language;
  /** Why that cannot be. */
  readonly error?: string;
}

/** Payload of a `reserve` order. */
export interface ReserveMessage {
  readonly job: number;
  readonly language: Language;
  readonly memoryMb: number;
}

/** Payload of a `reserved` message. */
export interface ReservedMessage {
  readonly job: number;
  /** Why there is no guest. */
  readonly error?: string;
}

/** How often a host with running jobs says that it lives, in milliseconds. */
export const heartbeatMs = 250;

/** Begins the line on stderr with which a host that failed by itself says why. */
export const hostFailed = 'hotcell host failed:';

/** Payload of the `ready` message of a host process. */
export interface ReadyMessage {
  readonly node: string;
  readonly isolatedVm: string;
  /** `undefined` on systems without user ids. */
  readonly uid: number | undefined;
}

/** Payload of a heartbeat. */
export interface HeartbeatMessage {
  /** Resident memory of the host process. */
  readonly residentBytes: number;
  /** Processor time of each running job so far, in milliseconds. */
  readonly cpuMs: Readonly<Record<string, number>>;
}

/** The id of a job that is ours: a host that waits for a tenant runs it to show that it works. No call has such an id. */
export const probeJobId = 'readiness-probe';
