import type { Language } from '../../contract/api/request.ts';

/** Messages between engine and host process in addition to the cell protocol, all on control job 0. */

/** Kinds of control messages from a host process. */
export const hostKinds = {
  /** Every {@link heartbeatMs} while jobs run: {@link HeartbeatMessage}. */
  heartbeat: 64,
  /**
   * The host cannot recover (a thread that nothing can stop): no more leases; it is killed once its other jobs are
   * done.
   */
  poisoned: 65,
  /** The host can run guests in a language that it has loaded, or cannot: {@link LoadedMessage}. */
  loaded: 66,
  /** A piece of the requested memory snapshot; the empty piece is the last. */
  snapshot: 67,
  /** A guest is reserved for a job, or cannot be: {@link ReservedMessage}. */
  reserved: 68,
} as const;

/** Kinds of control messages to a host process. */
export const hostCommands = {
  /** One file of the runtime assets: the language, a slash, its name, a null byte, its content. */
  assetFile: 72,
  /** All files were sent: {@link LoadMessage}. */
  load: 73,
  /** Make a guest ready for a job that will come: {@link ReserveMessage}. */
  reserve: 74,
  /** The job will not come; its number as JSON. */
  release: 75,
} as const;

/** Payload of a `load` command. */
export interface LoadMessage {
  readonly language: Language;
  /** Name of a package, or of its replacement → file of the runtime assets. */
  readonly entries: Readonly<Record<string, string>>;
  /**
   * Files of the runtime assets that the host has open: their descriptors, and the offset of their content in bytes.
   */
  readonly opened: Readonly<Record<string, { readonly fd: number; readonly from: number }>>;
  /** Most memory of an interpreter, in MiB, whatever the job's limits. */
  readonly memoryMaxMb: number;
  /** Guests that are made in advance. */
  readonly spares: number;
  /** Whether to answer with a memory snapshot instead of making guests. */
  readonly makesSnapshot: boolean;
}

/** Payload of a `loaded` message. */
export interface LoadedMessage {
  readonly language: Language;
  /** Why it failed. */
  readonly error?: string;
}

/** Payload of a `reserve` command. */
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

/** Interval of the heartbeats of a host with running jobs, in milliseconds. */
export const heartbeatMs = 250;

/** Start of the line on stderr with which a host that failed reports the reason. */
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

/** Id of the readiness probe, a job of hotcell's own that a waiting host must answer. No call has this id. */
export const probeJobId = 'readiness-probe';
