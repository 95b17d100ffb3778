/** Exit code after the reader of stdout or stderr went away: 128 + 13, as a shell reports a program that SIGPIPE ended. */
export const closedPipeExit = 141;
/** Exit code if stdout or stderr cannot be written for another reason, such as a full disk. */
export const unwritableExit = 74;

/**
 * Makes the whole command end quietly once the reader of stdout or stderr is gone (`hotcell run … | head -2`): what is
 * written from then on is lost, and the exit code says why. Otherwise Node ends the process with a stack.
 */
export function endQuietlyOnClosedPipes(): void {
  let exit: number | undefined;
  for (const stream of [process.stdout, process.stderr]) {
    stream.on('error', (error: NodeJS.ErrnoException) => {
      if (exit !== undefined) return;
      exit = error.code === 'EPIPE' ? closedPipeExit : unwritableExit;
      if (exit === unwritableExit) process.stderr.write(`hotcell: cannot write its output: ${error.message}\n`);
    });
  }
  process.once('exit', () => {
    if (exit !== undefined) process.exitCode = exit;
  });
}

/** The reader of stdout or stderr, until this is disposed. */
export interface PipeWatch extends Disposable {
  /** Whether it went away. */
  readonly isClosed: boolean;
}

/** Calls `stop` once if the reader of stdout or stderr goes away: nobody is left to run a guest for. */
export function whenPipeCloses(stop: () => void): PipeWatch {
  let isClosed = false;
  const close = (): void => {
    if (!isClosed) stop();
    isClosed = true;
  };
  const streams = [process.stdout, process.stderr];
  for (const stream of streams) stream.on('error', close);
  return {
    get isClosed() {
      return isClosed;
    },
    [Symbol.dispose]() {
      for (const stream of streams) stream.off('error', close);
    },
  };
}
