import { CommanderError } from 'commander';
import { errorTable, HotcellError } from '../contract/api/errors.ts';
import { textOfThrown } from '../contract/schema/thrown.ts';
import { paint } from './style.ts';

/** Whether the command line asks for JSON, also if the rest of it cannot be used. */
export function asksForJson(args: readonly string[]): boolean {
  const end = args.indexOf('--');
  return (end === -1 ? args : args.slice(0, end)).includes('--json');
}

/**
 * Says why the command did nothing: on stderr, or on stdout as JSON with the `status` and `error` that a result has.
 * @returns the exit code
 */
export function reportFailure(error: unknown, isJson: boolean): number {
  // Help and version end so.
  if (error instanceof CommanderError && error.exitCode === 0) return 0;
  const { code, message, ran, retryAfterMs } = failureOf(error);
  const { status, exit } = errorTable[code];
  if (isJson) process.stdout.write(`${JSON.stringify({ status, error: { code, message, ran, retryAfterMs } })}\n`);
  // Commander has said what was wrong with the command line.
  else if (error instanceof HotcellError) process.stderr.write(`${paint(process.stderr, 'red', code)} ${message}\n`);
  else if (!(error instanceof CommanderError)) process.stderr.write(`hotcell: ${message}\n`);
  return exit;
}

function failureOf(error: unknown): HotcellError {
  if (error instanceof HotcellError) return error;
  const message = textOfThrown(error);
  if (error instanceof CommanderError) return new HotcellError('INVALID_OPTIONS', message.replace(/^error: /, ''));
  return new HotcellError('INTERNAL_ERROR', message);
}
