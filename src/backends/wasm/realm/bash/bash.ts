import type { HostBindings, RealmEntry } from '../../../isolate/realm/bootstrap.ts';
import type { InterpreterOutcome, InterpreterStart } from '../../../isolate/realm/interpreter.ts';
import type { RealmNetworkVerb, RequestQueue, SayNetwork } from '../../../isolate/realm/requests.ts';
import type { ToolQueue } from '../../../isolate/realm/tool-queue.ts';
import type { WasmRealmParts } from '../wasm-realm.ts';
import type { createCurlCommand } from './curl.ts';
import type { createCurlBody } from './curl-body.ts';
import type { createCurlReader } from './curl-words.ts';
import type { BashFiles, createBashFiles } from './files.ts';
import type { createRequestWhole } from './request.ts';
import type { BashEnd, Bash as BashShell, createShell, Shell } from './shell.ts';
import type { createShowCommand } from './show.ts';
import type { streamOutput } from './streams.ts';
import type { BashCommand, createToolCommand } from './tool-command.ts';

/** The parts of just-bash that are used. */
interface BashModule {
  readonly Bash: new (options: object) => Bash;
}

interface Bash extends BashShell {
  readonly fs: BashFiles;
}

/**
 * Builds the realm of a Bash guest: just-bash interprets the script, on files in its own memory. Two of these files are
 * streams: text written to them leaves the realm.
 */
export function bootstrapBash(
  parts: WasmRealmParts & {
    readonly createBashFiles: typeof createBashFiles;
    readonly createShell: typeof createShell;
    readonly createCurlBody: typeof createCurlBody;
    readonly createCurlCommand: typeof createCurlCommand;
    readonly createCurlReader: typeof createCurlReader;
    readonly createRequestWhole: typeof createRequestWhole;
    readonly createShowCommand: typeof createShowCommand;
    readonly createToolCommand: typeof createToolCommand;
    readonly streamOutput: typeof streamOutput;
  },
  host: HostBindings,
  cells: Int32Array,
  weigh: () => unknown,
): RealmEntry {
  const realm = parts.createWasmRealm(parts, host, cells, weigh);
  const { intrinsics, timers, write } = realm;
  const { join, split, stringify } = intrinsics;
  const folder = '/workspace';
  const own = `${folder}/.hotcell`;
  const streams = { stdin: '/dev/.stdin', stdout: '/dev/.stdout', stderr: '/dev/.stderr' } as const;
  const encoder = new TextEncoder();
  const interrupts = parts.createInterrupts(intrinsics, cells);
  const care = parts.createBashFiles(realm, streams);
  let module: BashModule | undefined;
  let calls: ToolQueue | undefined;
  /** The interpreter, from the first job on. */
  let bash: Bash | undefined;
  let shell: Shell | undefined;
  let known: Readonly<Record<string, string>> = {};
  let requests: RequestQueue | undefined;

  const readValue = async (files: BashFiles): Promise<string> => {
    try {
      const path = `${own}/value.json`;
      return (await files.lstat(path)).isFile ? new TextDecoder().decode(await files.readFileBuffer(path)) : '';
    } catch {
      return '';
    }
  };
  const createCurl = (): BashCommand =>
    parts.createCurlCommand(
      intrinsics,
      realm.fromBytes,
      parts.createCurlReader(intrinsics),
      parts.createCurlBody(intrinsics, realm),
      parts.createRequestWhole(intrinsics, realm, () => requests),
    );
  /** Opens the interpreter for the guest's first job, with its limits. */
  const open = async (start: InterpreterStart): Promise<Bash> => {
    const { env, limits, tools, session } = start;
    if (!module) throw new Error('just-bash is not loaded.');
    const many = Number.MAX_SAFE_INTEGER;
    calls = realm.openTools(start);
    const customCommands = [
      parts.createShowCommand(intrinsics, realm.fromBytes, host.ask),
      parts.createToolCommand(intrinsics, realm.toBytes, tools, calls),
      ...(requests === undefined ? [] : [createCurl()]),
    ];
    if (session) shell = parts.createShell(interrupts, customCommands, streams, parts.streamOutput);
    known = env;
    const opened = new module.Bash({
      files: {},
      customCommands,
      ...shell?.options,
      cwd: folder,
      env: {
        HOME: folder,
        LANG: 'C.UTF-8',
        PATH: '/usr/bin:/bin',
        TMPDIR: '/tmp',
        ...env,
        HOTCELL_INPUTS: `${own}/inputs.json`,
        HOTCELL_VALUE: `${own}/value.json`,
      },
      processInfo: { pid: 2, ppid: 1, uid: 10_001, gid: 10_001 },
      defenseInDepth: false,
      // The isolate's own limits apply; these only prevent worse failures of its stack and memory.
      executionLimits: {
        maxCommandCount: many,
        maxLoopIterations: many,
        maxAwkIterations: many,
        maxSedIterations: many,
        maxJqIterations: many,
        maxWorkUnits: many,
        maxOutputSize: many,
        maxStringLength: 536_870_888,
        maxLiveBytes: many,
        maxExecutionTimeMs: 2_147_483_647,
        maxFileSystemBytes: many,
      },
    });
    for (const path of [folder, '/tmp']) await opened.fs.mkdir(path, { recursive: true });
    care.watch(opened.fs, limits.diskMb);
    return opened;
  };
  /** Runs the script of a job without a session. */
  const runAlone = ({ mode, source }: InterpreterStart, by: Bash, stdin: Uint8Array): Promise<BashEnd> => {
    // The script itself comes first. Later texts are parts of it, and their output goes to the output of that part.
    let isFirst = true;
    by.registerTransformPlugin({
      name: 'stream output',
      transform(context) {
        if (isFirst && mode !== 'handler') parts.streamOutput(context.ast, streams);
        isFirst = false;
        return context;
      },
    });
    let text = '';
    for (let at = 0; at < stdin.length; at += 4_096) text += intrinsics.fromCodes(stdin.subarray(at, at + 4_096));
    return by.exec(source, { rawScript: true, stdin: text, stdinKind: 'bytes' });
  };
  /** Runs the script of a session's job, after exporting new or changed environment variables. */
  const runNext = async (
    { env, source }: InterpreterStart,
    by: Bash,
    to: Shell,
    stdin: Uint8Array,
  ): Promise<BashEnd> => {
    let prelude = '';
    for (const name in env) {
      if (known[name] !== env[name]) prelude += `export ${name}='${join(split(env[name] ?? '', "'"), "'\\''")}'\n`;
    }
    known = env;
    await by.fs.writeFile(streams.stdin, stdin);
    interrupts.clear();
    return to.run(by, prelude, source);
  };
  const run = async (
    start: InterpreterStart,
    by: Bash,
  ): Promise<readonly [outcome: InterpreterOutcome, value?: string]> => {
    const { inputs, stdin, limits, session } = start;
    const isHandler = start.mode === 'handler';
    calls?.forget();
    requests?.forget();
    await by.fs.rm(`${own}/value.json`, { force: true, recursive: true });
    await by.fs.writeFile(`${own}/inputs.json`, inputs);
    const input = isHandler ? encoder.encode(inputs) : realm.toBytes(stdin);
    const ended = shell ? await runNext(start, by, shell, input) : await runAlone(start, by, input);
    if (!isHandler) write('stdout', ended.stdout);
    write('stderr', ended.stderr);
    await care.handOver(by.fs, session !== undefined);
    const exitCode = ended.exitCode & 255;
    const isGone = shell?.isOver() === true;
    if (exitCode !== 0) return [{ end: 'exited', exitCode, isGone }];
    const value = isHandler ? ended.stdout : await readValue(by.fs);
    if (encoder.encode(value).length > limits.valueKb * 1_024) return [{ end: 'value', exitCode, isGone }];
    if (value.trim() === '') return [{ end: isHandler ? 'no-answer' : 'completed', exitCode, isGone }];
    const json = value.endsWith('\n') ? value.slice(0, -1) : value;
    if (realm.isJson(json)) return [{ end: 'completed', value: 'json', exitCode, isGone }, json];
    return [{ end: 'completed', value: 'repr', exitCode, isGone }, value];
  };
  const start = async (given: InterpreterStart): Promise<void> => {
    const action = given.session?.action ?? 'run';
    const isFirst = bash === undefined;
    bash ??= await open(given);
    try {
      for (const [path, content] of realm.bringFiles()) await care.place(bash.fs, path, content);
      // The job may have brought a file of that name.
      if (isFirst) await bash.fs.mkdir(`${folder}/output`, { recursive: true }).catch(() => undefined);
    } catch (thrown) {
      if ((thrown as Error).message === realm.bufferRefused) return realm.report({ end: 'memory', isGone: true });
      const message = `The files could not be placed: ${(thrown as Error).message}`;
      return realm.report({ end: 'threw', error: { name: 'Error', message } });
    }
    if (action === 'run') return realm.report(...(await run(given, bash)));
    if (action === 'list')
      return realm.report({ end: 'completed', value: 'json' }, stringify(await care.list(bash.fs)));
    await care.handOver(bash.fs, false);
    realm.report({ end: 'completed' });
  };

  /**
   * Lets V8 compile the code that nearly every script needs while there is time: that takes half of a short script's
   * time.
   */
  const warmUp = async (): Promise<void> => {
    if (!module) return;
    const script = `f() { local x; x=$(printf '%s\\n' "$1" | tr a b); echo "$x"; }
for i in 1 2; do if [ "$i" = 2 ]; then f a > /tmp/x; fi; done
while read -r line; do [[ $line == b ]] && echo $((1 + 1)); done < /tmp/x; cat /tmp/x | grep b; jq -n 1`;
    const bash = new module.Bash({ files: {}, cwd: '/', defenseInDepth: false });
    bash.registerTransformPlugin({
      name: 'stream output',
      transform(context) {
        parts.streamOutput(context.ast, { stdout: '/dev/null', stderr: '/dev/null' });
        return context;
      },
    });
    await bash.exec(script, { rawScript: true, stdin: '', stdinKind: 'bytes' });
  };

  return ((step: string, given: unknown, what: unknown, text: unknown, bytes: number) => {
    if (step === 'load') module = given as BashModule;
    else if (step === 'start') {
      realm.begin();
      start(intrinsics.parse(given as string) as InterpreterStart).catch((thrown: unknown) => {
        const isMemory = (thrown as Error | undefined)?.message === realm.bufferRefused;
        if (isMemory) realm.report({ end: 'memory', isGone: true });
        else realm.report({ end: 'threw', error: { name: 'Error', message: `${thrown as string}` }, isGone: true });
      });
    } else if (step === 'answer') calls?.settle(given as number, what as boolean, text as string);
    else if (step === 'network') {
      requests = realm.openNetwork(given as string, what as SayNetwork, text as number);
    } else if (step === 'receive') requests?.receive(given as number, what as RealmNetworkVerb, text as string, bytes);
    else if (step === 'interrupt') shell?.wake();
    else if (step === 'warm') warmUp().catch(() => undefined);
    else if (step === 'collect') realm.buffers.collect(given as number);
    else if (step === 'keep') realm.room.keep(given);
    else if (step === 'turn') timers.fire();
    else if (step === 'poll') {
      if (realm.isReported()) return -1;
      const next = timers.next();
      if (next !== undefined) return Math.max(next, 0);
      return (calls?.pending() ?? 0) + (requests?.pending() ?? 0) > 0 ? -3 : -2;
    }
    return undefined;
  }) as RealmEntry;
}
