import type { HostFunctions, RealmEntry } from '../bootstrap.ts';
import type { RealmNetworkVerb, RequestQueue, SayNetwork } from '../requests.ts';
import type { ToolQueue } from '../tool-queue.ts';
import type { createCurlCommand } from './bash-curl.ts';
import type { createCurlBody } from './bash-curl-body.ts';
import type { createCurlReader } from './bash-curl-words.ts';
import type { createRequestWhole } from './bash-request.ts';
import type { createShowCommand } from './bash-show.ts';
import type { Script, streamOutput } from './bash-streams.ts';
import type { BashCommand, createToolCommand } from './bash-tool.ts';
import type { ForeignParts, ForeignStart } from './foreign.ts';

/** What is used of just-bash. */
interface BashModule {
  readonly Bash: new (options: object) => Bash;
}

interface Bash {
  readonly fs: BashFiles;
  registerTransformPlugin(plugin: { name: string; transform(context: { ast: Script }): { ast: Script } }): void;
  exec(script: string, options: object): Promise<{ stdout: string; stderr: string; exitCode: number }>;
}

interface BashFiles {
  readFileBuffer(path: string): Promise<Uint8Array>;
  writeFile(path: string, content: string | Uint8Array, options?: unknown): Promise<void>;
  appendFile(path: string, content: string | Uint8Array, options?: unknown): Promise<void>;
  lstat(path: string): Promise<{ isFile: boolean; size: number }>;
  mkdir(path: string, options: { recursive: boolean }): Promise<void>;
  getAllPaths(): string[];
}

/**
 * Builds the realm of a Bash guest: just-bash interprets the script, on files in its own memory. Two of these are streams:
 * what is written to them leaves the realm.
 */
export function bootstrapBash(
  parts: ForeignParts & {
    readonly createCurlBody: typeof createCurlBody;
    readonly createCurlCommand: typeof createCurlCommand;
    readonly createCurlReader: typeof createCurlReader;
    readonly createRequestWhole: typeof createRequestWhole;
    readonly createShowCommand: typeof createShowCommand;
    readonly createToolCommand: typeof createToolCommand;
    readonly streamOutput: typeof streamOutput;
  },
  host: HostFunctions,
): RealmEntry {
  const realm = parts.createForeignRealm(parts, host);
  const { intrinsics, timers, write } = realm;
  const folder = '/workspace';
  const own = `${folder}/.hotcell`;
  const streams = { stdout: '/dev/.stdout', stderr: '/dev/.stderr' } as const;
  const encoder = new TextEncoder();
  let module: BashModule | undefined;
  let calls: ToolQueue | undefined;
  let requests: RequestQueue | undefined;

  /** Text of a write: just-bash has bytes as one character each, and marks them so. */
  const textOf = (content: string | Uint8Array, options: unknown): string => {
    const encoding = typeof options === 'object' ? (options as { encoding?: unknown } | null)?.encoding : options;
    if (typeof content !== 'string') return new TextDecoder().decode(content);
    return encoding === 'binary' || encoding === 'latin1' ? new TextDecoder().decode(realm.toBytes(content)) : content;
  };
  /** Lets writes to the two streams leave the realm, and holds the rest to the limits. */
  const watchFiles = (files: BashFiles, { diskMb }: ForeignStart['limits']): void => {
    const sizes: Record<string, number> = { __proto__: null } as never;
    let bytes = 0;
    const watch = (name: 'writeFile' | 'appendFile'): void => {
      const original = files[name].bind(files);
      files[name] = async (path, content, options) => {
        if (path === streams.stdout) return write('stdout', textOf(content, options));
        if (path === streams.stderr) return write('stderr', textOf(content, options));
        const before = sizes[path] ?? 0;
        const size = (name === 'appendFile' ? before : 0) + content.length;
        if (bytes - before + size > diskMb * 1_048_576)
          throw new Error(`ENOSPC: no space left on device, write '${path}'`);
        await original(path, content, options);
        sizes[path] = size;
        bytes += size - before;
      };
    };
    watch('writeFile');
    watch('appendFile');
  };
  const handOver = async (files: BashFiles): Promise<void> => {
    const paths = files.getAllPaths().filter((path) => path.startsWith(`${folder}/`) && !path.startsWith(`${own}/`));
    for (const path of realm.collected(paths.map((name) => name.slice(folder.length + 1)))) {
      const full = `${folder}/${path}`;
      try {
        if ((await files.lstat(full)).isFile) realm.handOver(path, await files.readFileBuffer(full));
      } catch {
        // What cannot be read is not collected.
      }
    }
  };
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
  const run = async (start: ForeignStart): Promise<void> => {
    const { mode, source, inputs, env, stdin, limits, tools } = start;
    if (!module) throw new Error('just-bash is not loaded.');
    const many = Number.MAX_SAFE_INTEGER;
    const isHandler = mode === 'handler';
    const files: Record<string, string | Uint8Array> = { __proto__: null } as never;
    for (const [path, content] of realm.bringFiles()) files[`${folder}/${path}`] = content;
    files[`${own}/inputs.json`] = inputs;
    calls = realm.openTools(start);
    const bash = new module.Bash({
      files,
      customCommands: [
        parts.createShowCommand(intrinsics, realm.fromBytes, host.ask),
        parts.createToolCommand(intrinsics, realm.toBytes, tools, calls),
        ...(requests === undefined ? [] : [createCurl()]),
      ],
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
      // The isolate's own limits hold; these only keep its stack and memory from less helpful ends.
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
    await bash.fs.mkdir('/tmp', { recursive: true });
    watchFiles(bash.fs, limits);
    // The script itself comes first; what comes later is a part of it, whose output goes where the part's goes.
    let isFirst = true;
    bash.registerTransformPlugin({
      name: 'stream output',
      transform(context) {
        if (isFirst && !isHandler) parts.streamOutput(context.ast, streams);
        isFirst = false;
        return context;
      },
    });
    const input = isHandler ? encoder.encode(inputs) : realm.toBytes(stdin);
    let text = '';
    for (let at = 0; at < input.length; at += 4_096) text += intrinsics.fromCodes(input.subarray(at, at + 4_096));
    const ended = await bash.exec(source, { rawScript: true, stdin: text, stdinKind: 'bytes' });
    if (!isHandler) write('stdout', ended.stdout);
    write('stderr', ended.stderr);
    await handOver(bash.fs);
    const exitCode = ended.exitCode & 255;
    if (exitCode !== 0) return realm.judge({ end: 'exited', exitCode });
    const value = isHandler ? ended.stdout : await readValue(bash.fs);
    if (encoder.encode(value).length > limits.valueKb * 1_024) return realm.judge({ end: 'value', exitCode });
    if (value.trim() === '') return realm.judge({ end: isHandler ? 'no-answer' : 'completed', exitCode });
    const json = value.endsWith('\n') ? value.slice(0, -1) : value;
    if (realm.isJson(json)) realm.judge({ end: 'completed', value: 'json', exitCode }, json);
    else realm.judge({ end: 'completed', value: 'repr', exitCode }, value);
  };

  /** Has V8 compile what nearly every script needs, while there is time: it is half of a short script's time. */
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
      run(intrinsics.parse(given as string) as ForeignStart).catch((thrown: unknown) => {
        realm.judge({ end: 'threw', error: { name: 'Error', message: `${thrown as string}` } });
      });
    } else if (step === 'answer') calls?.settle(given as number, what as boolean, text as string);
    else if (step === 'network') {
      requests = realm.openNetwork(given as string, what as SayNetwork, text as number);
    } else if (step === 'heard') requests?.heard(given as number, what as RealmNetworkVerb, text as string, bytes);
    else if (step === 'warm') warmUp().catch(() => undefined);
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
