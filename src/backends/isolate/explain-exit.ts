import type { CellEnd } from '../../contract/spi/backend.ts';
import type { HostExit } from '../../contract/spi/host-launcher.ts';
import { hostFailed } from './protocol.ts';
import type { RunningJob } from './running-job.ts';

/** Why the engine killed a host process. */
export type KillCause =
  | { readonly kind: 'memory'; readonly culprit: RunningJob; readonly residentMb: number; readonly budgetMb: number }
  | { readonly kind: 'hung' }
  | { readonly kind: 'unanswered' }
  | { readonly kind: 'violation'; readonly message: string }
  | { readonly kind: 'slow-start' }
  | { readonly kind: 'silent' }
  | { readonly kind: 'closed' }
  | { readonly kind: 'retired' };

/** How a host process ended. */
export interface HostProcessEnd extends HostExit {
  readonly cause: KillCause | undefined;
  readonly stderr: string;
}

/** V8 aborts the process if it cannot continue: a size that is not possible, or no memory left. */
const outOfMemoryText = /out of memory|invalid size error|allocation failed/iu;

/** Start of the trace that Node prints when it aborts. */
const nativeTrace = '----- Native stack trace';

/** Explains the exit of a host to one of its jobs; `all` are the jobs that it had. */
export function explainExit(hostEnd: HostProcessEnd, running: RunningJob, all: readonly RunningJob[]): CellEnd {
  const { cause } = hostEnd;
  const ran = running.startedAt === undefined ? 'no' : 'unknown';
  const lost = (message: string): CellEnd => ({ code: 'CELL_LOST', message, ran });
  switch (cause?.kind) {
    case 'memory':
      if (cause.culprit === running) return memoryLimit(running);
      return lost(
        `The host process was killed because another job of the tenant took its memory: ${cause.residentMb} MiB, budget ${cause.budgetMb} MiB.`,
      );
    case 'hung': {
      const { startedAt, limits } = running;
      if (startedAt !== undefined && performance.now() - startedAt >= limits.timeoutMs) {
        return {
          code: 'WALL_TIMEOUT',
          message: `The guest had not ended after limits.timeoutMs, ${limits.timeoutMs} ms, and its host process hung.`,
          ran: 'yes',
        };
      }
      return lost('The host process stopped answering and was killed.');
    }
    case 'unanswered':
      return lost('The host process was killed because another job of the tenant could not be stopped.');
    case 'violation':
      return { code: 'PROTOCOL_VIOLATION', message: `The host process broke the cell protocol: ${cause.message}`, ran };
    case 'slow-start':
      return lost('The host process did not start in time and was killed.');
    case 'closed':
      return lost('The engine was closed while the job was running.');
    case 'retired':
      return lost('The host process was killed because a guest could not be stopped.');
    default:
      return explainUnexpectedExit(hostEnd, running, all, lost);
  }
}

function explainUnexpectedExit(
  { code, signal, outOfMemory, stderr }: HostProcessEnd,
  running: RunningJob,
  all: readonly RunningJob[],
  lost: (message: string) => CellEnd,
): CellEnd {
  if (outOfMemory || outOfMemoryText.test(stderr)) {
    if (all.length === 1) return memoryLimit(running);
    return lost('The host process ran out of memory; it is not known which job of the tenant caused it.');
  }
  const failure = stderr.split(hostFailed)[1]?.split(nativeTrace)[0];
  if (failure !== undefined) return lost(`The host process failed: ${failure.trim()}`);
  if (signal === 'SIGKILL')
    return lost(
      'Something outside hotcell killed the host process (SIGKILL); the kernel does this when memory is short.',
    );
  if (signal !== null) return lost(`The host process was ended by ${signal}.`);
  return lost(`The host process exited with code ${code}.`);
}

function memoryLimit({ limits }: RunningJob): CellEnd {
  return {
    code: 'MEMORY_LIMIT',
    message: `The guest needed more memory than limits.memoryMb, ${limits.memoryMb} MiB, and its host process was killed.`,
    ran: 'yes',
  };
}
