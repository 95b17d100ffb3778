import { join } from 'node:path';
import { type Command, Option } from 'commander';
import { errorTable } from '../contract/api/errors.ts';
import type { ExecutionResult } from '../contract/api/result.ts';
import { encodeResult } from '../contract/wire/wire.ts';
import { createEngine } from '../engine.ts';
import { closedPipeExit, whenPipeCloses } from './closed-pipes.ts';
import { readConfiguration } from './configuration.ts';
import { addGuestOptions, collectAll } from './guest-options.ts';
import { OutFolder, type UnwrittenFile } from './out-folder.ts';
import { describeLeftOut, filesOf } from './result-files.ts';
import { type RunOptions, readRunRequest } from './run-request.ts';
import { StatusLine } from './status-line.ts';
import { formatMs, paint } from './style.ts';
import { adviseWithoutDocker } from './without-docker.ts';

/** Adds `hotcell run` to the command line. */
export function addRun(program: Command): void {
  const command = program
    .command('run')
    .summary('run code and print its output, value and status')
    .description(
      'Runs FILE, -c CODE, or code from stdin in a sandbox. Prints output as it is written, then the value, if any.\n' +
        'Settings can also come from HOTCELL_… environment variables or from hotcell.json, under the same names.',
    )
    .argument('[FILE]', 'file to run; its extension gives the language')
    .option('-c, --code <CODE>', 'code to run');
  addGuestOptions(command)
    .addOption(
      new Option(
        '--mode <MODE>',
        'script: the value is the last expression; handler: the value is what the handler returns',
      ).choices(['script', 'handler']),
    )
    .option('--inputs <JSON|@FILE>', 'inputs for the code, as JSON')
    .option('--collect <GLOB>', 'files to return (repeatable; default output/**)', collectAll)
    .option('--out <DIR>', 'write the returned files and the displays into DIR')
    .option('--stdin', "pass this command's stdin to the code (the default for Python and Bash)")
    .option('--no-stdin', 'do not pass stdin to the code')
    .option('--json', 'print only the whole result as JSON, or why nothing ran')
    .action(async (path: string | undefined, given: RunOptions) => {
      process.exitCode = await run(path, { ...(await readConfiguration()), ...given });
    });
}

/**
 * @returns the exit code
 * @throws {HotcellError} if nothing can run with these options
 */
async function run(path: string | undefined, options: RunOptions): Promise<number> {
  const request = await readRunRequest(path, options);
  const interrupt = new AbortController();
  process.once('SIGINT', () => interrupt.abort());
  process.once('SIGTERM', () => interrupt.abort());
  using pipes = whenPipeCloses(() => interrupt.abort());
  using status = new StatusLine(`waiting for a cell for ${request.language}`);
  const ignore = (): void => undefined;
  const say = (_fields: object, message: string): void => {
    status.text = message;
  };
  await using engine = createEngine({
    closeGraceMs: 0,
    ceilings: { diskMb: options.disk, fileMb: options.disk },
    docker: { runtime: options.runtime, pool: { ceiling: 0 } },
    wasm: { spareGuests: 0 },
    logger: { debug: ignore, info: say, warn: ignore, error: ignore },
  });
  const out = options.out === undefined ? undefined : new OutFolder(options.out);
  const isTyped = request.stdin === process.stdin && process.stdin.isTTY;
  let result: ExecutionResult | undefined;
  for await (const event of engine.stream({ ...request, artifactSink: out?.sink, signal: interrupt.signal })) {
    // What is typed while the guest runs is not to be drawn over.
    if (event.type === 'started' && isTyped) status[Symbol.dispose]();
    else if (event.type === 'started') status.text = `running ${request.language} in ${event.sandbox.backend}`;
    else if (event.type === 'finished') result = event.result;
    else if (event.type === 'progress') status.progress = event;
    else if ('text' in event && !options.json) status.write(process[event.type], event.text);
  }
  if (!result) throw new Error('the stream ended without a result');
  if (request.stdin === process.stdin) process.stdin.destroy();
  status[Symbol.dispose]();
  const unwritten = (await out?.finish(result, filesOf(result))) ?? [];
  // Nobody reads the rest.
  if (pipes.isClosed) return closedPipeExit;
  if (options.json) process.stdout.write(`${JSON.stringify(await encodeResult(result))}\n`);
  else printEnd(result, options.out);
  printUnwritten(unwritten, options.out ?? '');
  const advice = adviseWithoutDocker(result.error?.code, request);
  if (advice !== undefined) process.stderr.write(`${paint(process.stderr, 'dim', advice)}\n`);
  if (result.error) return errorTable[result.error.code].exit;
  return unwritten.length > 0 ? errorTable.INVALID_REQUEST.exit : 0;
}

function printEnd(result: ExecutionResult, out: string | undefined): void {
  const { stderr, stdout } = process;
  const endsLine = (text: string): boolean => text === '' || text.endsWith('\n');
  if (!endsLine(result.stdout)) stdout.write('\n');
  if (result.valueType === 'json') stdout.write(`${JSON.stringify(result.value, null, 2)}\n`);
  if (result.valueType === 'repr') stdout.write(`${String(result.value)}\n`);

  const { error, usage, sandbox } = result;
  const mark = error ? paint(stderr, 'red', `✗ ${result.status}`) : paint(stderr, 'green', `✓ ${result.status}`);
  const where = sandbox ? `${sandbox.backend} (${sandbox.runtime})` : 'no cell';
  const facts = `${formatMs(usage.wallMs)} wall, ${formatMs(usage.cpuMs)} cpu, ${Math.round(usage.peakMemoryBytes / 1_048_576)} MiB, ${where}`;
  if (!endsLine(result.stderr)) stderr.write('\n');
  if (error?.stack && !result.stderr.includes(error.stack.trim())) stderr.write(`${error.stack.trimEnd()}\n`);
  stderr.write(`${mark} ${paint(stderr, 'dim', facts)}\n`);
  if (error)
    stderr.write(`${paint(stderr, 'red', error.code)} ${error.name ? `${error.name}: ` : ''}${error.message}\n`);
  if (error?.hint !== undefined) stderr.write(paint(stderr, 'dim', `  ${error.hint}\n`));
  const files = filesOf(result).map(({ content, ...file }) => ({ ...file, bytes: content.length }));
  for (const { path, bytes, mediaType } of [...(result.deliveredArtifacts ?? []), ...files]) {
    const place = out === undefined ? path : join(out, path);
    stderr.write(paint(stderr, 'dim', `  ${place} (${mediaType}, ${bytes} bytes)\n`));
  }
  const leftOut = describeLeftOut(result);
  if (leftOut !== undefined) stderr.write(paint(stderr, 'dim', `  ${leftOut}\n`));
  if (result.truncated.displays > 0)
    stderr.write(paint(stderr, 'dim', `  ${result.truncated.displays} displays left out\n`));
  for (const { host, port, outcome, reason } of result.network?.connections ?? []) {
    if (outcome !== 'ended') stderr.write(paint(stderr, 'dim', `  ${host}:${port} ${outcome}: ${reason}\n`));
  }
  const redacted = result.redactions.reduce((sum, { count }) => sum + count, 0);
  if (redacted > 0) stderr.write(paint(stderr, 'dim', `  ${redacted} redacted\n`));
}

function printUnwritten(files: readonly UnwrittenFile[], out: string): void {
  for (const { path, reason } of files) {
    const advice = reason.includes('EEXIST') ? ' Give --out an empty folder.' : '';
    process.stderr.write(`Cannot write ${join(out, path)}: ${reason}.${advice}\n`);
  }
}
