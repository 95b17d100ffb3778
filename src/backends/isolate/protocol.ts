/** What engine and host process say to each other besides the cell protocol; all of it on control job 0. */

/** Kinds of control messages from a host process. */
export const hostKinds = {
  /** Every {@link heartbeatMs} while jobs run: {@link HeartbeatMessage}. */
  heartbeat: 64,
  /** The host is beyond repair (a thread that nothing can stop): lease no more, kill it once its other jobs are done. */
  poisoned: 65,
} as const;

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
