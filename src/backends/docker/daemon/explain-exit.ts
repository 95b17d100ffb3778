import { setTimeout as sleep } from 'node:timers/promises';
import { textOfThrown } from '../../../contract/schema/thrown.ts';
import type { CellEnd } from '../../../contract/spi/backend.ts';
import type { DaemonHealth } from './daemon-health.ts';
import { statusOf } from './docker-call.ts';
import type { ContainerState, DockerClient } from './docker-client.ts';

/** How long the daemon may take to report how a container ended. */
const examinationMs = 2_000;
const pollMs = 25;
/** The daemon may record a memory kill shortly after it recorded the exit. */
const memoryNoteMs = 150;

const killedExitCode = 128 + 9;

/**
 * Finds out why a container's stream ended, from the daemon's records. `message` says how the stream ended;
 * `diagnostics` is the runner's stderr output. Never rejects, and takes at most about 2 s.
 */
export async function explainExit(
  client: DockerClient,
  name: string,
  message: string,
  diagnostics: string,
  health?: DaemonHealth,
): Promise<CellEnd> {
  const lost = (why: string): CellEnd => ({
    code: 'CELL_LOST',
    ran: 'unknown',
    message: diagnostics === '' ? why : `${why} The last output of its runner: ${diagnostics}`,
  });
  let state: ContainerState | undefined;
  try {
    state = await restingState(client, name);
  } catch (error) {
    if (statusOf(error) === undefined) health?.failed();
    return lost(`The connection to the container ${name} broke, and its state cannot be read. ${textOfThrown(error)}`);
  }
  if (!state) return lost(`Something other than hotcell removed the container ${name} while its job was running.`);
  if (state.running) return lost(`The connection to the container ${name} broke while it ran. ${message}`);
  if (state.oomKilled) {
    const needed = 'The guest needed more memory than limits.memoryMb, and the kernel killed its container.';
    return { code: 'MEMORY_LIMIT', ran: 'yes', message: needed };
  }
  return lost(`The container ${name} exited with code ${state.exitCode} before it sent a verdict.`);
}

/**
 * The container's state once it has stopped, or the last state that was seen after about 2 s.
 * @throws {HotcellError} `BACKEND_UNAVAILABLE` if the daemon does not report a state.
 */
export async function restingState(client: DockerClient, name: string): Promise<ContainerState | undefined> {
  const signal = AbortSignal.timeout(examinationMs);
  const giveUpAt = performance.now() + examinationMs - memoryNoteMs - pollMs;
  let state = await client.inspect(name, signal);
  while (state?.running && performance.now() < giveUpAt) {
    await sleep(pollMs);
    state = await client.inspect(name, signal);
  }
  if (state && !state.running && !state.oomKilled && state.exitCode === killedExitCode) {
    await sleep(memoryNoteMs);
    state = await client.inspect(name, signal);
  }
  return state;
}
