import type { Readable, Writable } from 'node:stream';
import type { PreparationStep } from '../api/backend-reports.ts';

/** Paths and descriptors of hotcell in the place where a host process runs. */
export interface HostHome {
  /** The folder of hotcell's code, without a slash at the end: `…/dist`. */
  readonly codeFolder: string;
  readonly extension: 'js' | 'ts';
  /** Folders that a host may read, each with a slash at the end. */
  readonly readableFolders: readonly string[];
  /** Descriptors of the cell protocol. */
  readonly inputFd: number;
  readonly outputFd: number;
}

/** A file that a host process reads without the permission to open it. */
export interface HostFile {
  readonly path: string;
  /** Offset at which its content starts, in bytes. */
  readonly from: number;
}

/** The program of a host process: Node's arguments, which depend on the place, and the memory limit. */
export interface HostProgram {
  nodeArguments(home: HostHome): readonly string[];
  /** Files that the host finds open, if its place allows that. */
  files?(): readonly HostFile[];
  /** In MiB. Enforced by places that can limit memory. */
  readonly memoryMb: number;
  /** Size of a thread's stack in MiB, if the system's own is too small; it takes memory as it is used. */
  readonly stackMb?: number | undefined;
}

/** How a host process ended. */
export interface HostExit {
  readonly code: number | null;
  readonly signal: string | null;
  /** Whether the kernel is known to have killed it because of its place's memory limit. */
  readonly outOfMemory: boolean;
}

export interface LaunchedHost {
  /** The cell protocol, to the host and from it. Usable at once, even if the host takes time to start. */
  readonly input: Writable;
  readonly output: Readable;
  /** The files that it has open → their descriptors there. */
  readonly files: ReadonlyMap<HostFile, number>;
  /** Its process id, if this process can inspect it. */
  readonly pid: number | undefined;
  /** Settles once it runs, with the digest of its image, if any; rejects with `BACKEND_UNAVAILABLE`. */
  readonly launched: Promise<{ readonly image?: string | undefined }>;
  /** Settles once it has ended and `output` has ended. Never rejects. */
  readonly exit: Promise<HostExit>;
  /** The end of its stderr output. */
  readonly diagnostics: string;
  /** Kills it for certain; `exit` settles soon, even if it hangs. */
  kill(): void;
  /** Whether it keeps this process alive. At first it does not. */
  hold(isHeld: boolean): void;
}

/** Starts host processes in one kind of place. */
export interface HostLauncher {
  /** Whether `memoryMb` of a program is enforced. If so, a host must not get more jobs than fit. */
  readonly limitsMemory: boolean;
  /** Starts a host process. Failures are reported by the returned host. */
  launch(program: HostProgram): LaunchedHost;
  /** Does in advance the work that the first launch would do. See `Backend.prepare`. */
  prepare(report: (step: PreparationStep) => void, signal: AbortSignal): Promise<void>;
  /** Called when all hosts have ended; leaves nothing behind. */
  close(): Promise<void>;
}
