/**
 * Theory of operation. A host process gets nothing of the caller's process: an empty environment, `/` as its folder,
 * and only its own pipes as descriptors. If the system has a shell, the shell starts first, because only a shell can
 * lower limits of the system and then become the program: no core dump, which could hold a tenant's secrets, no writing
 * of files, few descriptors, and killed first if memory is short. The host itself gives up root
 * (`host/process/lower-privileges.ts`), because before it must load files that only root may read.
 */
import { type ChildProcess, spawn } from 'node:child_process';
import { closeSync, existsSync, openSync, readdirSync, readFileSync } from 'node:fs';
import type { Socket } from 'node:net';
import { devNull } from 'node:os';
import type { Readable, Writable } from 'node:stream';
import type { HostExit, HostFile, HostHome, HostLauncher, LaunchedHost } from '../../contract/spi/host-launcher.ts';
import { findHome } from './host-arguments.ts';

/** Characters that are kept of a host's stderr, for the message about its exit. */
const stderrKept = 4_096;
const inputFd = 3;
const outputFd = 4;

const shell = '/bin/sh';
const emptier = '/usr/bin/env';
/**
 * The limits on descriptors and threads are many times the use of a host with ten busy jobs (24 and 16 were measured).
 * Threads are counted by user, and only under root does a host have its own user. dash calls that limit p, other shells
 * u.
 */
const setLimits = `{ echo 500 >/proc/self/oom_score_adj; ulimit -c 0; ulimit -n 256; ulimit -f 0; } 2>/dev/null
if [ "$0" = root ]; then ulimit -u 128 2>/dev/null || ulimit -p 128 2>/dev/null; fi
if [ -n "$1" ]; then ulimit -S -s "$1" 2>/dev/null; fi
shift
exec ${emptier} -i "$@"`;

/** Starts host processes on this machine, beside the caller's own. */
export function createProcessLauncher(): HostLauncher {
  let home: HostHome | undefined;
  return {
    limitsMemory: false,
    launch(program) {
      home ??= { ...findHome(), inputFd, outputFd };
      return new HostChild(program.nodeArguments(home), program.files?.() ?? [], program.stackMb);
    },
    prepare: async () => {},
    close: async () => {},
  };
}

class HostChild implements LaunchedHost {
  readonly input: Writable;
  readonly output: Readable;
  readonly files: ReadonlyMap<HostFile, number>;
  readonly launched: Promise<Record<string, never>> = Promise.resolve({});
  readonly exit: Promise<HostExit>;
  diagnostics = '';
  readonly #child: ChildProcess;
  readonly #pipes: readonly Socket[];

  constructor(nodeArguments: readonly string[], files: readonly HostFile[], stackMb: number | undefined) {
    const opened = openFiles(files);
    try {
      this.#child = startAlone(process.execPath, nodeArguments, [...opened.values()], stackMb);
    } finally {
      for (const fd of opened.values()) closeSync(fd);
    }
    this.files = new Map([...opened.keys()].map((file, index) => [file, outputFd + 1 + index]));
    const [, , stderr, input, output] = this.#child.stdio as unknown as [null, null, Socket, Socket, Socket];
    this.input = input;
    this.output = output;
    this.#pipes = [stderr, input, output];
    stderr.setEncoding('utf8').on('data', (text: string) => {
      this.diagnostics = (this.diagnostics + text).slice(-stderrKept);
    });
    this.exit = new Promise((resolve) => {
      // Not `exit`, because the last output on stderr says why.
      this.#child.once('close', (code, signal) => resolve({ code, signal, outOfMemory: false }));
      this.#child.once('error', (error) => {
        this.diagnostics += error.message;
        resolve({ code: null, signal: null, outOfMemory: false });
      });
    });
    this.hold(false);
  }

  get pid(): number | undefined {
    return this.#child.pid;
  }

  kill(): void {
    this.#child.kill('SIGKILL');
  }

  hold(isHeld: boolean): void {
    for (const handle of [this.#child, ...this.#pipes]) {
      if (isHeld) handle.ref();
      else handle.unref();
    }
  }
}

/** Opens the files that can be opened; the content of the others is sent. */
function openFiles(files: readonly HostFile[]): Map<HostFile, number> {
  const opened = new Map<HostFile, number>();
  for (const file of files) {
    try {
      opened.set(file, openSync(file.path, 'r'));
    } catch {
      // The code that sends the file reports the reason.
    }
  }
  return opened;
}

/** @param files descriptors that the program finds after those of the protocol */
function startAlone(
  program: string,
  programArguments: readonly string[],
  files: readonly number[],
  stackMb: number | undefined,
): ChildProcess {
  const inherited = findInheritedDescriptors();
  const nothing = openSync(devNull, 'r');
  try {
    const stdio: ('ignore' | 'pipe' | number)[] = ['ignore', 'ignore', 'pipe', 'pipe', 'pipe'];
    for (const fd of inherited) stdio[fd] = nothing;
    for (const [index, fd] of files.entries()) stdio[outputFd + 1 + index] = fd;
    const options = { cwd: '/', env: {}, stdio: Array.from(stdio, (entry) => entry ?? 'ignore') };
    if (!existsSync(shell) || !existsSync(emptier)) return spawn(program, programArguments, options);
    const who = process.getuid?.() === 0 ? 'root' : 'user';
    const stack = stackMb === undefined ? '' : String(stackMb * 1_024);
    return spawn(shell, ['-c', setLimits, who, stack, program, ...programArguments], options);
  } finally {
    closeSync(nothing);
  }
}

/**
 * Descriptors that a child would inherit. Node marks its own as not inheritable, but those of the program that started
 * this process, and of native modules, may not be marked. Only known on Linux.
 */
function findInheritedDescriptors(): readonly number[] {
  try {
    return readdirSync('/proc/self/fdinfo')
      .map(Number)
      .filter((fd) => fd > outputFd && isInheritable(fd));
  } catch {
    return [];
  }
}

function isInheritable(fd: number): boolean {
  const closeOnExec = 0o2_000_000;
  try {
    const flags = /^flags:\s+(\d+)$/m.exec(readFileSync(`/proc/self/fdinfo/${fd}`, 'latin1'))?.[1];
    return flags !== undefined && (Number.parseInt(flags, 8) & closeOnExec) === 0;
  } catch {
    // The descriptor that read the folder is closed by now.
    return false;
  }
}
