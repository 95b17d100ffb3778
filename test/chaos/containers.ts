import { execFile } from 'node:child_process';
import { promisify } from 'node:util';

const run = promisify(execFile);

/** A daemon that answers no question within this time was just hit. */
const commandTimeoutMs = 15_000;

/** One container, as the docker command lists it. */
export interface FoundContainer {
  readonly id: string;
  readonly name: string;
  readonly state: string;
}

/** Runs a docker command on the daemon at `address` (the usual one without), and answers its lines. */
export async function docker(address: string | undefined, ...command: readonly string[]): Promise<string[]> {
  const where = address === undefined ? [] : ['--host', address];
  // A command that is told to end politely may wait for a daemon that stands still.
  const options = { timeout: commandTimeoutMs, killSignal: 'SIGKILL' } as const;
  const { stdout } = await run('docker', [...where, ...command], options);
  return stdout.split('\n').filter((line) => line !== '');
}

/** The containers, in any state, of the engines in the process `pid`. */
export async function listContainers(address: string | undefined, pid: number): Promise<FoundContainer[]> {
  const filter = ['--filter', `label=hotcell.pid=${pid}`, '--format', '{{.ID}} {{.Names}} {{.State}}'];
  const lines = await docker(address, 'ps', '--all', '--no-trunc', ...filter);
  return lines.map((line) => {
    const [id = '', name = '', state = ''] = line.split(' ');
    return { id, name, state };
  });
}
