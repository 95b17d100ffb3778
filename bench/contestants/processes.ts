/** Python on this host without hotcell: in bubblewrap, in Anthropic's sandbox runtime, in a bare fork. */
import { spawn } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { type Answer, LeftOut, type OpenContestant } from '../contestant.ts';
import type { Workload } from '../workloads.ts';
import { importPeer } from './import-peer.ts';
import { hostPython, programOf, runProgram, stdinOf, withFiles } from './programs.ts';

/** bubblewrap: new namespaces of all kinds, the host's files read-only. */
export async function openBubblewrap(): Promise<OpenContestant> {
  const namespaces = ['--unshare-all', '--die-with-parent', '--new-session'];
  const files = ['--ro-bind', '/', '/', '--dev', '/dev', '--proc', '/proc', '--tmpfs', '/tmp'];
  await runProgram('bwrap', [...namespaces, ...files, '/bin/true']).catch((error: Error) => {
    throw new LeftOut(`bubblewrap does not work here (apt-get install bubblewrap): ${error.message}`);
  });
  return {
    run: (workload) =>
      withFiles(workload, undefined, (folder) => {
        const mount = folder === undefined ? [] : ['--bind', folder, '/tmp/work', '--chdir', '/tmp/work'];
        const [, option, code] = programOf(workload, 'python');
        const argv = [...namespaces, ...files, ...mount, hostPython, option, code];
        return runProgram('bwrap', argv, { stdin: stdinOf(workload) });
      }),
    close: async () => undefined,
  };
}

interface SandboxRuntime {
  readonly SandboxManager: {
    initialize(options: object): Promise<void>;
    wrapWithSandbox(command: string): Promise<string>;
    cleanupAfterCommand?(): void;
    reset(): Promise<void>;
  };
}

/**
 * \@anthropic-ai/sandbox-runtime: bubblewrap, a system call filter, and proxies for the network, which stays closed.
 */
export async function openSandboxRuntime(): Promise<OpenContestant> {
  const { SandboxManager } = await importPeer<SandboxRuntime>('@anthropic-ai/sandbox-runtime');
  const folder = await mkdtemp(join(tmpdir(), 'hotcell-bench-'));
  const quote = (text: string): string => `'${text.replaceAll("'", "'\\''")}'`;
  const close = async (): Promise<void> => {
    await SandboxManager.reset();
    await rm(folder, { recursive: true, force: true });
  };
  const execute = async (argv: readonly string[], stdin: string, cwd: string): Promise<Buffer> => {
    const wrapped = await SandboxManager.wrapWithSandbox(argv.map(quote).join(' '));
    return runProgram(wrapped, [], { stdin, cwd, shell: true });
  };
  try {
    const network = { allowedDomains: [], deniedDomains: [] };
    await SandboxManager.initialize({ network, filesystem: { denyRead: [], allowWrite: [folder], denyWrite: [] } });
    await execute(['/bin/true'], '', folder);
  } catch (error) {
    await close();
    throw new LeftOut(`it does not work here (it needs bubblewrap, socat and ripgrep): ${(error as Error).message}`);
  }
  return {
    run: (workload) =>
      withFiles(workload, folder, (cwd) => {
        const [, option, code] = programOf(workload, 'python');
        return execute([hostPython, option, code], stdinOf(workload), cwd ?? folder);
      }),
    close,
  };
}

/** A fork of a warm interpreter, with no other isolation than a separate process. */
export function openBareFork(): Promise<OpenContestant> {
  return openForkServer([]);
}

/** The same into new user, pid, mount, ipc, uts, net and cgroup namespaces. */
export function openForkIntoNamespaces(): Promise<OpenContestant> {
  return openForkServer(['--namespaces']);
}

async function openForkServer(options: readonly string[]): Promise<OpenContestant> {
  const script = fileURLToPath(new URL('fork-server.py', import.meta.url));
  const server = spawn(hostPython, ['-I', script, ...options], { stdio: ['pipe', 'pipe', 'inherit'] });
  const waiting = new Map<number, PromiseWithResolvers<{ readonly output: string; readonly status: number }>>();
  const ended = new Promise<void>((resolve) => server.once('close', () => resolve()));
  const spawned = Promise.withResolvers<void>();
  server.once('spawn', () => spawned.resolve());
  server.once('error', (error) => spawned.reject(new LeftOut(`${hostPython} cannot be started: ${error.message}`)));
  server.stdin.on('error', () => undefined);
  createInterface({ input: server.stdout }).on('line', (line) => {
    const { id, ...end } = JSON.parse(line) as { id: number; output: string; status: number };
    waiting.get(id)?.resolve(end);
    waiting.delete(id);
  });
  void ended.then(() => {
    for (const { reject } of waiting.values()) reject(new Error('the fork server has ended'));
  });
  await spawned.promise;
  let calls = 0;
  const run = async (workload: Workload, cwd: string | undefined): Promise<Buffer> => {
    const id = calls++;
    const end = Promise.withResolvers<{ readonly output: string; readonly status: number }>();
    waiting.set(id, end);
    const answers = workload.expected.outputBytes === undefined;
    server.stdin.write(`${JSON.stringify({ id, code: workload.python, inputs: workload.inputs, cwd, answers })}\n`);
    const { output, status } = await end.promise;
    if (status !== 0) throw new Error(`the child ended with ${status}: ${output.slice(-300)}`);
    return Buffer.from(output, 'latin1');
  };
  return {
    run: (workload): Promise<Answer> => withFiles(workload, undefined, (folder) => run(workload, folder)),
    async close() {
      server.stdin.end();
      await ended;
    },
  };
}
