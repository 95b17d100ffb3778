import { execFile } from 'node:child_process';
import { promisify } from 'node:util';

const run = promisify(execFile);

/** A daemon that does not answer within this time was just hit. */
const commandTimeoutMs = 15_000;

/** One container, as `docker ps` lists it. */
export interface FoundContainer {
  readonly id: string;
  readonly name: string;
  readonly state: string;
}

/** Runs a docker command on the daemon at `address` (default: the usual one) and returns its lines of output. */
export async function docker(address: string | undefined, ...command: readonly string[]): Promise<string[]> {
  const where = address === undefined ? [] : ['--host', address];
  // SIGKILL, because after SIGTERM the command may wait for a paused daemon.
  const options = { timeout: commandTimeoutMs, killSignal: 'SIGKILL' } as const;
  const { stdout } = await run('docker', [...where, ...command], options);
  return stdout.split('\n').filter((line) => line !== '');
}

/** All containers, in any state, of the engines in the process `pid`. */
export async function listContainers(address: string | undefined, pid: number): Promise<FoundContainer[]> {
  const filter = ['--filter', `label=hotcell.pid=${pid}`, '--format', '{{.ID}} {{.Names}} {{.State}}'];
  const lines = await docker(address, 'ps', '--all', '--no-trunc', ...filter);
  return lines.map((line) => {
    const [id = '', name = '', state = ''] = line.split(' ');
    return { id, name, state };
  });
}
