import type { Readable, Writable } from 'node:stream';
import type { PreparationStep } from '../api/backend-reports.ts';

/** Where hotcell lies for a host process, and how it is reached there. */
export interface HostHome {
  /** The folder of hotcell's code, without a slash at the end: `…/dist`. */
  readonly codeFolder: string;
  readonly extension: 'js' | 'ts';
  /** What a host may read, each with a slash at the end. */
  readonly readableFolders: readonly string[];
  /** Descriptors of the cell protocol. */
  readonly inputFd: number;
  readonly outputFd: number;
}

/** A file for a host process to read, which need not have the right to open it. */
export interface HostFile {
  readonly path: string;
  /** Where its content begins, in bytes. */
  readonly from: number;
}

/** What is started: the arguments for Node, once the place is known, and the memory that it may come to take. */
export interface HostProgram {
  nodeArguments(home: HostHome): readonly string[];
  /** What it is to find open, where its place can have that. */
  files?(): readonly HostFile[];
  /** In MiB; a place that can hold a host to it does. */
  readonly memoryMb: number;
  /** Size of a thread's stack in MiB, if the system's own is too small; it takes memory as it is used. */
  readonly stackMb?: number | undefined;
}

/** How a host process ended. */
export interface HostExit {
  readonly code: number | null;
  readonly signal: string | null;
  /** Whether the kernel is known to have ended it because its place allows no more memory. */
  readonly outOfMemory: boolean;
}

/** One host process, wherever it runs. */
export interface LaunchedHost {
  /** To the host and from it: the cell protocol. Usable at once, also where the host takes time to come up. */
  readonly input: Writable;
  readonly output: Readable;
  /** Files of the program that it has open → their descriptors there. */
  readonly files: ReadonlyMap<HostFile, number>;
  /** Its process id, where this process can look at it. */
  readonly pid: number | undefined;
  /** Settles once it runs, with the digest of the image that it runs in, if any; rejects with `BACKEND_UNAVAILABLE`. */
  readonly launched: Promise<{ readonly image?: string | undefined }>;
  /** Settles once it is gone and `output` has ended. Never rejects. */
  readonly exit: Promise<HostExit>;
  /** The last of what it wrote to stderr. */
  readonly diagnostics: string;
  /** Ends it for certain; `exit` settles soon, whatever hangs. */
  kill(): void;
  /** Whether it is to keep this process alive. It does not at first. */
  hold(isHeld: boolean): void;
}

/** A placement of host processes. */
export interface HostLauncher {
  /** Whether `memoryMb` of a program is enforced: then a host must not get more jobs than fit. */
  readonly limitsMemory: boolean;
  /** Starts a host process; what fails is told by the host. */
  launch(program: HostProgram): LaunchedHost;
  /** Makes what the first launch would otherwise have to make. See `Backend.prepare`. */
  prepare(report: (step: PreparationStep) => void, signal: AbortSignal): Promise<void>;
  /** To be called when all hosts are gone; leaves nothing behind. */
  close(): Promise<void>;
}
