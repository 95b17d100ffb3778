import { HotcellError } from '../../../contract/api/errors.ts';
import { textOfThrown } from '../../../contract/schema/thrown.ts';
import { abortable } from '../../../support/abortable.ts';
import { whenAborted } from '../../../support/when-aborted.ts';
import { ImageError } from './progress.ts';

/** One call to a Docker engine, with the parts of its error messages. */
export interface DaemonCall<T> {
  readonly address: string;
  /** The action, to follow "could not": `start the container hotcell-1a2b`. */
  readonly what: string;
  readonly timeoutMs: number;
  readonly signal: AbortSignal | undefined;
  /** Makes the call. The given signal is aborted at the deadline or with the caller's signal. */
  run(signal: AbortSignal): Promise<T>;
  /** Frees an answer that arrives after the call was abandoned. */
  readonly discard?: ((late: T) => void) | undefined;
}

/**
 * Makes one call and settles by its deadline, even if the daemon accepts the connection and never answers.
 * @throws {HotcellError} `BACKEND_UNAVAILABLE` with the address, the action that failed and the remedy; the caller's
 * `signal.reason` once that is aborted.
 */
export async function callDaemon<T>(call: DaemonCall<T>): Promise<T> {
  call.signal?.throwIfAborted();
  const stop = new AbortController();
  const deadline = setTimeout(() => stop.abort(noAnswer(call)), call.timeoutMs);
  using _ = whenAborted(call.signal, () => stop.abort(call.signal?.reason));
  try {
    return await abortable(call.run(stop.signal), stop.signal, call.discard);
  } catch (error) {
    throw stop.signal.aborted ? error : refused(call, error);
  } finally {
    clearTimeout(deadline);
  }
}

/** HTTP status with which the daemon refused; `undefined` if the call failed in another way. */
export function statusOf(error: unknown): number | undefined {
  if (error instanceof HotcellError) return statusOf(error.cause);
  if (typeof error !== 'object' || error === null || !('statusCode' in error)) return undefined;
  return typeof error.statusCode === 'number' ? error.statusCode : undefined;
}

function noAnswer(call: Omit<DaemonCall<unknown>, 'run' | 'discard'>): HotcellError {
  return new HotcellError(
    'BACKEND_UNAVAILABLE',
    `The Docker engine at ${call.address} did not answer for ${call.timeoutMs} ms; could not ${call.what}. ` +
      'It is overloaded or hangs: run "docker info", and restart the engine if that does not answer.',
  );
}

function refused(call: Omit<DaemonCall<unknown>, 'run' | 'discard'>, error: unknown): HotcellError {
  if (error instanceof HotcellError) return error;
  const { problem, remedy } = diagnose(error);
  return new HotcellError(
    'BACKEND_UNAVAILABLE',
    `The Docker engine at ${call.address} ${problem}; could not ${call.what}. ${remedy}`,
    { cause: error },
  );
}

function diagnose(error: unknown): { readonly problem: string; readonly remedy: string } {
  const text = reasonOf(error);
  const code = error instanceof Error && 'code' in error ? error.code : undefined;
  if (code === 'EACCES' || code === 'EPERM') {
    return {
      problem: `cannot be used by this user (${text})`,
      remedy: 'Add the user to the group that owns the socket (usually "docker"), or use rootless Docker.',
    };
  }
  if (error instanceof ImageError) {
    return { problem: `failed (${text})`, remedy: 'Run "hotcell setup" to see the full report.' };
  }
  const status = statusOf(error);
  if (status === undefined) {
    return {
      problem: `cannot be reached (${text})`,
      remedy: 'Start Docker, or set DOCKER_HOST to the right address.',
    };
  }
  const remedy =
    status === 404 && /no such image/i.test(text)
      ? 'Run "hotcell setup" to build the sandbox images.'
      : 'Run "hotcell doctor" to see what this engine can do.';
  return { problem: `refused with status ${status} (${text})`, remedy };
}

/** The daemon's own words, without the prefix that the client library adds. */
function reasonOf(error: unknown): string {
  return textOfThrown(error)
    .replace(/^\(HTTP code \d+\) .*? - /s, '')
    .trim();
}
