import type { HostBindings, RealmEntry } from '../../../isolate/realm/bootstrap.ts';
import type { InterpreterOutcome, InterpreterStart } from '../../../isolate/realm/interpreter.ts';
import type { RequestQueue, SayNetwork } from '../../../isolate/realm/requests.ts';
import type { ToolQueue } from '../../../isolate/realm/tool-queue.ts';
import type { sealWebAssembly } from '../seal-web-assembly.ts';
import type { WasmRealmParts } from '../wasm-realm.ts';
import type { WasmImports, WasmModule, WebAssemblyApi } from '../web-assembly.ts';
import type { createPythonFiles, PythonFiles } from './files.ts';
import type { createPythonRequests } from './requests.ts';
import type { createPythonToolCalls } from './tool-calls.ts';

/** The parts of Pyodide's loader, and of Pyodide, that are used. */
interface Loader {
  loadPyodide(options: object): Promise<Pyodide>;
}

interface Pyodide {
  readonly FS: PythonFiles;
  runPython(code: string): unknown;
  pyimport(name: string): Record<string, (...given: readonly unknown[]) => unknown>;
  setInterruptBuffer(buffer: { 0: number }): void;
  setStdin(options: { read(buffer: Uint8Array): number }): void;
  setStdout(options: { write(bytes: Uint8Array): number }): void;
  setStderr(options: { write(bytes: Uint8Array): number }): void;
  makeMemorySnapshot(): Uint8Array;
}

/**
 * The files from which a guest is loaded. `texts` has the sources of `sandbox-images` by path, as JSON; it is empty if
 * there is a snapshot.
 */
export interface PythonAssets {
  readonly wasm: WasmModule;
  readonly stdlib: ArrayBuffer;
  readonly snapshot: ArrayBuffer | undefined;
  readonly texts: string;
  readonly lockInfo: string;
  /** Upper bound of the interpreter's memory, in bytes, for any job. */
  readonly memoryMaxBytes: number;
}

/**
 * Builds the realm of a Python guest: CPython in WebAssembly, loaded by Pyodide from files that the host hands over.
 * The loader takes the realm for a JavaScript shell because of a few functions that it looks for. They are removed
 * before the job starts, together with all parts of `WebAssembly` that can make code or memory.
 */
export function bootstrapPython(
  parts: WasmRealmParts & {
    readonly createPythonRequests: typeof createPythonRequests;
    readonly createPythonFiles: typeof createPythonFiles;
    readonly createPythonToolCalls: typeof createPythonToolCalls;
    readonly sealWebAssembly: typeof sealWebAssembly;
  },
  host: HostBindings,
  cells: Int32Array,
  weigh: () => unknown,
): RealmEntry {
  const wasm = (globalThis as unknown as { WebAssembly: WebAssemblyApi }).WebAssembly;
  const realm = parts.createWasmRealm(parts, host, cells, weigh);
  const files = parts.createPythonFiles();
  const { timers, write, intrinsics, bufferRefused } = realm;
  const interrupts = parts.createInterrupts(intrinsics, cells);
  const steps = parts.createHostSteps(intrinsics, host.ask, cells, interrupts, {
    answer: (...answer) => calls?.settle(...answer),
    receive: (...said) => requests?.receive(...said),
  });
  const toolCalls = parts.createPythonToolCalls(steps, () => calls);
  const network = parts.createPythonRequests(intrinsics, realm.toBytes, steps, interrupts, () => requests);
  const { define, parse, stringify, slice, split, join, sleep } = intrinsics;
  const folder = '/workspace';
  const mebibyte = 1_048_576;
  /** What Python may take of its stack in its memory. Functions of C take up to sixteen times as much of V8's. */
  const stackBytes = 4 * mebibyte;
  /** Emscripten's number for EINTR. */
  const interrupted = 27;
  /** V8's message. */
  const stackOverflow = 'Maximum call stack size exceeded';
  let assets: PythonAssets | undefined;
  let python: Pyodide | undefined;
  let guest: Record<string, (...given: readonly unknown[]) => unknown> | undefined;
  let calls: ToolQueue | undefined;
  /** The interpreter's files, from the first job on. */
  let own: PythonFiles | undefined;
  let requests: RequestQueue | undefined;
  /** Current limit of the interpreter's memory and its size before the job, in bytes. */
  let memoryMax = 0;
  let memoryAtStart = 0;
  let wasRefused = false;
  let memory: { readonly buffer: ArrayBuffer } | undefined;
  let exported: Record<string, (...given: readonly number[]) => number> = {};

  const scope = globalThis as Record<string, unknown>;
  const unavailable = (): never => {
    throw new Error('Nothing can be read here.');
  };
  /** A module with one function that does nothing, `dump_traceback`. */
  const emptyDump = Uint8Array.of(
    ...[0, 97, 115, 109, 1, 0, 0, 0, 1, 4, 1, 96, 0, 0, 3, 2, 1, 0, 7, 18, 1, 14],
    ...[100, 117, 109, 112, 95, 116, 114, 97, 99, 101, 98, 97, 99, 107],
    ...[0, 0, 10, 4, 1, 2, 0, 11],
  );
  /** Stands for the interpreter's code, which is already compiled. */
  const emptyCode = new ArrayBuffer(0);
  const instantiate = async (source: WasmModule | ArrayBuffer, imports: WasmImports): Promise<unknown> => {
    if (source instanceof wasm.Module) return new wasm.Instance(source, imports);
    if ((source as ArrayBuffer).byteLength > 0) {
      const module = new wasm.Module(source as ArrayBuffer);
      return { module, instance: new wasm.Instance(module, imports) };
    }
    const { wasm: module } = assets as PythonAssets;
    const env = imports.env as Record<string, unknown>;
    const grow = env.emscripten_resize_heap as (size: number) => unknown;
    env.emscripten_resize_heap = (size: number) => {
      const result = size >>> 0 > memoryMax ? 0 : grow(size);
      if (!result) wasRefused = true;
      return result;
    };
    env.emscripten_get_heap_max = () => memoryMax;
    const instance = new wasm.Instance(module, imports);
    memory = instance.exports.memory as typeof memory;
    // Where the interpreter ends, its loader writes the stack to the guest's stdout, with the functions below the program's.
    const silent = new wasm.Instance(new wasm.Module(emptyDump.buffer as ArrayBuffer), {});
    exported = { ...instance.exports, ...silent.exports } as typeof exported;
    return { module, instance: { exports: exported } };
  };
  const loading: Record<string, unknown> = {
    WorkerGlobalScope: class {},
    read: unavailable,
    load: unavailable,
    readbuffer: (path: string) => (path.endsWith('.zip') ? assets?.stdlib : emptyCode),
    WebAssembly: Object.setPrototypeOf(
      { compile: async (bytes: ArrayBuffer) => new wasm.Module(bytes), instantiate },
      wasm,
    ),
  };
  for (const name in loading) define(globalThis, name, loading[name]);

  const load = async (
    loader: Loader,
    { default: create }: { default: unknown },
    given: PythonAssets,
  ): Promise<void> => {
    assets = given;
    memoryMax = given.memoryMaxBytes;
    const { snapshot } = given;
    python = await loader.loadPyodide({
      indexURL: '/',
      createPyodideModule: create,
      lockFileContents: { info: parse(given.lockInfo), packages: {} },
      env: { HOME: folder },
      ...(snapshot ? { _loadSnapshot: Promise.resolve(snapshot) } : { _makeSnapshot: true }),
    });
    assets = undefined;
    if (!snapshot) {
      boundStack();
      return complete(python, parse(given.texts) as Record<string, string>);
    }
    for (const name in loading) delete scope[name];
    const { RuntimeError, CompileError, LinkError, Exception, Tag } = wasm as unknown as Record<string, unknown>;
    define(globalThis, 'WebAssembly', { RuntimeError, CompileError, LinkError, Exception, Tag });
    guest = python.pyimport('guest');
    guest.prepare?.(
      interrupts.sleep,
      show,
      toolCalls.call,
      toolCalls.take,
      network.request,
      network.hear,
      network.drop,
    );
    memoryAtStart = memory?.buffer.byteLength ?? 0;
    parts.sealWebAssembly(intrinsics, wasm, realm.room);
  };
  /**
   * Lets Python raise RecursionError before V8 runs out of stack, which would end the interpreter. Python counts the part of
   * its stack that lies in its memory; V8's own takes several times as much.
   */
  const boundStack = (): void => {
    const end = exported.emscripten_stack_get_base?.() ?? 0;
    const thread = exported.PyThreadState_Get?.() ?? 0;
    const set = exported.PyUnstable_ThreadState_SetStackProtection;
    if (set?.(thread, end - stackBytes, stackBytes) !== 0) throw new Error('The stack of Python cannot be bounded.');
  };
  const complete = ({ FS, runPython }: Pyodide, texts: Record<string, string>): void => {
    for (const path in texts) {
      FS.mkdirTree(`/opt/hotcell/${path}`.replace(/\/[^/]*$/u, ''));
      FS.writeFile(`/opt/hotcell/${path}`, texts[path] ?? '');
    }
    runPython('import sys; sys.path.insert(0, "/opt/hotcell"); import guest; guest.complete(); del sys, guest');
  };

  /**
   * Sends a display or progress. Waits while the engine has not taken earlier ones, because those are in the host's
   * memory.
   */
  const show = (question: string, subject: string, detail: string): string => {
    while (host.ask('drained', '') !== 'yes') sleep(2);
    return host.ask(question, subject, detail);
  };
  const openStreams = (started: Pyodide): (() => void) => {
    let input: Uint8Array = new Uint8Array(0);
    started.setStdin({
      read(buffer) {
        if (input.length === 0) {
          const text = steps.stdin();
          // Like a system call interrupted by a signal: Python handles the signal and asks again.
          if (text === undefined) throw new started.FS.ErrnoError(interrupted);
          input = realm.toBytes(text);
        }
        const piece = input.subarray(0, buffer.length);
        buffer.set(piece);
        input = input.subarray(piece.length);
        return piece.length;
      },
    });
    const decoders = { stdout: new TextDecoder(), stderr: new TextDecoder() };
    const pass = (name: 'stdout' | 'stderr') => ({
      write(bytes: Uint8Array): number {
        write(name, decoders[name].decode(bytes, { stream: true }));
        return bytes.length;
      },
    });
    started.setStdout(pass('stdout'));
    started.setStderr(pass('stderr'));
    return () => {
      for (const name of ['stdout', 'stderr'] as const) write(name, decoders[name].decode());
    };
  };
  /** The outcome of a crash of the interpreter, or of `os._exit`. */
  const outcomeOfThrown = (thrown: unknown): InterpreterOutcome => {
    const status = (thrown as { status?: unknown } | null)?.status;
    if (typeof status === 'number') return { end: 'exited', exitCode: status & 255, isGone: true };
    const text = thrown instanceof Error ? thrown.message : '';
    if (wasRefused || text === bufferRefused) return { end: 'memory', isGone: true };
    if (slice(text, 0, stackOverflow.length) === stackOverflow) {
      const message = 'The recursion was too deep for Python in WebAssembly, and its interpreter has ended.';
      return { end: 'threw', error: { name: 'RecursionError', message }, isGone: true };
    }
    const message = `The interpreter ended: ${slice(text, 0, 1_000)}`;
    return { end: 'threw', error: { name: 'SystemError', message }, isGone: true };
  };
  const ends = ['completed', 'threw', 'exited', 'no-answer', 'unsettled', 'value', 'memory'] as const;
  /**
   * Parses the outcome that `guest.py` reports. The program may have changed that code: then it counts as the program's
   * error.
   */
  const understand = (answer: unknown): [outcome: InterpreterOutcome, value: string] => {
    const fields = typeof answer === 'string' ? split(answer, '\0') : [];
    const [end = '', code = '', kind = '', name = '', line = '', message = '', stack = ''] = fields;
    const known = ends.find((each) => each === end);
    const exitCode = Number(code);
    if (known === undefined || !(exitCode >= 0 && exitCode <= 255)) {
      return [{ end: 'threw', error: { name: 'SystemError', message: 'The program broke the interpreter.' } }, ''];
    }
    // A buffer of the realm that the program asked for, in a file or directly, counts as memory.
    const wantsMemory = known === 'threw' && slice(message, -bufferRefused.length) === bufferRefused;
    if (wantsMemory) return [{ end: 'memory', exitCode }, ''];
    const hasError = known === 'threw' || known === 'no-answer' || known === 'unsettled';
    const outcome: InterpreterOutcome = {
      end: known,
      exitCode,
      ...((kind === 'json' || kind === 'repr') && { value: kind }),
      ...(hasError && {
        error: {
          message,
          ...(name && { name }),
          ...(stack && { stack }),
          ...(Number(line) > 0 && { line: Number(line) }),
        },
      }),
    };
    return [outcome, join(fields.slice(7), '\0')];
  };
  /** Opens the interpreter for the guest's first job, with its limits. */
  const open = (started: Pyodide, { limits, session }: InterpreterStart): PythonFiles => {
    // Kept, because the loader does not return it once the interpreter has exited.
    const { FS } = started;
    files.watch(FS, limits.diskMb);
    memoryMax = Math.min(memoryMax, memoryAtStart + limits.memoryMb * mebibyte);
    if (session) started.setInterruptBuffer(interrupts.buffer);
    return FS;
  };
  const run = (started: Pyodide, given: InterpreterStart): [outcome: InterpreterOutcome, value: string] => {
    const { mode, source, inputs, env, limits, tools, session } = given;
    calls?.forget();
    requests?.forget();
    toolCalls.forget();
    if (tools.length > 0) calls ??= realm.openTools(given);
    const closeStreams = openStreams(started);
    interrupts.clear();
    wasRefused = false;
    try {
      const valueBytes = limits.valueKb * 1_024;
      const settings = { valueBytes, network: requests !== undefined, call: session?.call ?? 0 };
      const job = { id: given.id, mode, source, inputs, env, tools, ...settings };
      return understand(guest?.[session ? 'run_next' : 'run']?.(stringify(job)));
    } catch (thrown) {
      return [outcomeOfThrown(thrown), ''];
    } finally {
      closeStreams();
    }
  };
  /** Does a job; returns its outcome and value. */
  const attempt = (
    started: Pyodide,
    given: InterpreterStart,
  ): readonly [outcome: InterpreterOutcome, value: string] => {
    const action = given.session?.action ?? 'run';
    own ??= open(started, given);
    try {
      for (const [path, content] of realm.bringFiles()) files.place(own, path, content);
    } catch (thrown) {
      if ((thrown as Error).message === bufferRefused) return [{ end: 'memory', isGone: true }, ''];
      const message = `The files could not be placed: ${(thrown as Error).message}`;
      return [{ end: 'threw', error: { name: 'OSError', message } }, ''];
    }
    if (action === 'list') return [{ end: 'completed', value: 'json' }, stringify(files.list(own, realm)) ?? ''];
    const ended = action === 'run' ? run(started, given) : ([{ end: 'completed' }, ''] as const);
    try {
      const source = action === 'run' ? given.source : undefined;
      files.handOver(own, realm, given.session?.action === 'run', source);
    } catch (thrown) {
      if ((thrown as Error).message !== bufferRefused) throw thrown;
      return [{ end: 'memory', isGone: true }, ''];
    }
    return ended;
  };
  const start = (started: Pyodide, given: InterpreterStart): void => {
    realm.begin();
    const [outcome, value] = attempt(started, given);
    realm.report(outcome.value === 'json' && !realm.isJson(value) ? { ...outcome, value: 'repr' } : outcome, value);
  };

  return ((step: string, given: unknown, create: unknown, loaded: unknown) => {
    if (step === 'load') return load(given as Loader, create as { default: unknown }, loaded as PythonAssets);
    if (step === 'collect') return realm.buffers.collect(given as number);
    if (step === 'keep') return realm.room.keep(given);
    if (step === 'snapshot') return python?.makeMemorySnapshot().buffer;
    if (step === 'start' && python) start(python, parse(given as string) as InterpreterStart);
    else if (step === 'network') {
      requests = realm.openNetwork(given as string, create as SayNetwork, loaded as number);
    } else if (step === 'turn') timers.fire();
    else if (step === 'poll') return realm.isReported() ? -1 : Math.max(timers.next() ?? -2, -2);
    return undefined;
  }) as RealmEntry;
}
