import { availableParallelism, freemem, loadavg, totalmem } from 'node:os';
import { HotcellError } from '../../../contract/api/errors.ts';
import { textOfThrown } from '../../../contract/schema/thrown.ts';
import type { DockerClient } from './docker-client.ts';

/** How long the daemon may take to say what state a container is in. */
const examinationMs = 2_000;

/** A container that was not ready in time. */
export interface Delay {
  readonly name: string;
  /** How long it had, from the request to start it, in milliseconds. */
  readonly waitedMs: number;
  /** When the daemon said that it was started, counted in the same way; `undefined` if it did not. */
  readonly startedAfterMs: number | undefined;
  /** The end of what the program wrote to stderr; `undefined` if nobody knows. */
  readonly diagnostics: string | undefined;
}

/** The error of a container that was not ready in time, with all that is known. Never rejects, and takes about 2 s at most. */
export async function explainDelay(client: DockerClient, delay: Delay): Promise<HotcellError> {
  const { name, waitedMs, startedAfterMs, diagnostics } = delay;
  const missing =
    startedAfterMs === undefined
      ? `The Docker engine at ${client.address} did not answer the request to start it, although it answers other requests.`
      : `The Docker engine started it after ${Math.round(startedAfterMs)} ms, but its runner did not report that it is ready.`;
  const sentences = [
    `The container ${name} was not ready after ${waitedMs} ms.`,
    missing,
    await describeState(client, name),
    diagnostics === undefined ? '' : describeOutput(diagnostics),
    describeMachine(),
    startedAfterMs === undefined
      ? 'If the machine has too much to do, run fewer calls at a time; otherwise read the log of the Docker engine and restart it.'
      : 'If the machine has too much to do, run fewer calls at a time; otherwise run "hotcell doctor", and "hotcell setup" to rebuild the images.',
  ];
  return new HotcellError('BACKEND_UNAVAILABLE', sentences.filter((sentence) => sentence !== '').join(' '));
}

async function describeState(client: DockerClient, name: string): Promise<string> {
  try {
    const state = await client.inspect(name, AbortSignal.timeout(examinationMs));
    if (!state) return 'The container does not exist any more.';
    const { status, exitCode, oomKilled, error } = state;
    const end = status === 'exited' || status === 'dead' ? `, exit code ${exitCode}` : '';
    const memory = oomKilled ? ', out of memory' : '';
    return `Its state is "${status}"${end}${memory}${error === '' ? '' : ` (${error})`}.`;
  } catch (thrown) {
    return `Its state cannot be read: ${textOfThrown(thrown)}`;
  }
}

function describeOutput(diagnostics: string): string {
  return diagnostics === '' ? 'Its runner wrote nothing to stderr.' : `The last output of its runner: ${diagnostics}.`;
}

/** Of the machine of this process, which usually is that of the Docker engine, too. */
function describeMachine(): string {
  const [load = 0] = loadavg();
  const [free, total] = [freemem(), totalmem()].map((bytes) => (bytes / 2 ** 30).toFixed(1));
  return `This machine: load average ${load.toFixed(1)} with ${availableParallelism()} processors, ${free} of ${total} GiB of memory free.`;
}
