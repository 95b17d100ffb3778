import type { NodeErrors } from '../errors.ts';
import type { Kit, ProcessEnd } from '../kit.ts';
import type { Streams } from './streams.ts';

/** Makes `process`: the part that a program without processes, signals and users can have. */
export function createProcess({
  bytes,
  exit,
  formatter,
  given,
  intrinsics,
  load,
  startedAt,
  timers,
  write,
}: Kit): object {
  const { fail, wrongType } = load('errors') as NodeErrors;
  const EventEmitter = load('events') as { new (): { emit(name: string, ...values: unknown[]): boolean } };
  const { readable, writable } = load('streams') as Streams;
  const { queueMicrotask } = timers;
  const { now } = intrinsics;

  let exitCode: number | undefined;
  let isLeaving = false;
  const codeOf = (code: unknown): number => {
    const number = typeof code === 'string' && /^-?\d+$/u.test(code) ? Number(code) : code;
    if (typeof number === 'number' && Number.isInteger(number)) return number & 255;
    return wrongType('"code"', 'of type number', code);
  };
  const leave = (): number => {
    if (!isLeaving) {
      isLeaving = true;
      process.emit('exit', exitCode ?? 0);
    }
    return exitCode ?? 0;
  };
  const output = (stream: 'stdout' | 'stderr', fd: number): object =>
    writable((chunk) => write(stream, typeof chunk === 'string' ? chunk : bytes.fromUtf8(chunk)), {
      fd,
      isTTY: false,
      getColorDepth: () => 1,
      hasColors: () => false,
    });
  const times = (): [seconds: number, nanoseconds: number] => {
    const ms = now() - startedAt;
    return [Math.floor(ms / 1_000), (ms % 1_000) * 1_000_000];
  };
  const hrtime = (before?: readonly [number, number]): [number, number] => {
    const [seconds, nanoseconds] = times();
    if (before === undefined) return [seconds, nanoseconds];
    const less = nanoseconds - before[1];
    return less < 0 ? [seconds - before[0] - 1, less + 1e9] : [seconds - before[0], less];
  };
  const absent = (name: string, instead: string) => () =>
    fail(Error, 'ERR_FEATURE_UNAVAILABLE', `process.${name} is not available here: ${instead}`);

  let known: unknown;
  let env: Record<string, string> = {};
  let stdin: object | undefined;
  /** Makes anew what each call has of its own. */
  const refresh = (): void => {
    const current = given();
    if (known === current) return;
    known = current;
    stdin = undefined;
    env = new Proxy({ ...current.env } as Record<string, string>, {
      set(target, name, value) {
        target[name as string] = `${value as string}`;
        return true;
      },
    });
  };

  const fields = {
    title: 'node',
    version: 'v24.0.0',
    versions: { node: '24.0.0' },
    release: { name: 'node' },
    arch: 'x64',
    platform: 'linux',
    argv: ['/usr/local/bin/node', '/workspace/main.js'],
    argv0: 'node',
    execArgv: [],
    execPath: '/usr/local/bin/node',
    pid: 1,
    ppid: 0,
    config: {},
    features: {},
    stdout: output('stdout', 1),
    stderr: output('stderr', 2),
    exit(code?: unknown) {
      if (code !== undefined && code !== null) exitCode = codeOf(code);
      return exit(leave());
    },
    reallyExit: (code?: unknown) => exit(codeOf(code ?? exitCode ?? 0)),
    abort: () => exit(134),
    nextTick(callback: unknown, ...values: unknown[]) {
      if (typeof callback !== 'function') wrongType('"callback"', 'of type function', callback);
      queueMicrotask(() => (callback as (...values: unknown[]) => void)(...values));
    },
    hrtime: Object.assign(hrtime, { bigint: () => BigInt(Math.round((now() - startedAt) * 1e6)) }),
    uptime: () => (now() - startedAt) / 1_000,
    cwd: () => '/workspace',
    umask: () => 0o22,
    emitWarning(warning: unknown, type: unknown = 'Warning') {
      const name = typeof type === 'string' ? type : ((type as { type?: string } | undefined)?.type ?? 'Warning');
      write('stderr', `(node) ${warning instanceof Error ? formatter.inspect(warning) : `${name}: ${warning}`}\n`);
    },
    memoryUsage: absent('memoryUsage', 'result.usage has the peak of the call.'),
    cpuUsage: absent('cpuUsage', 'result.usage has the processor time of the call.'),
    chdir: absent('chdir', 'the working folder is always /workspace.'),
    kill: absent('kill', 'there are no processes; process.exit() ends the program.'),
    binding: absent('binding', 'there is no code of the system to bind to.'),
    dlopen: absent('dlopen', 'native modules cannot be loaded.'),
  };
  const process = Object.assign(new EventEmitter(), fields);
  Object.defineProperties(process, {
    exitCode: {
      enumerable: true,
      configurable: true,
      get: () => exitCode,
      set(code: unknown) {
        exitCode = code === undefined || code === null ? undefined : codeOf(code);
      },
    },
    env: {
      enumerable: true,
      configurable: true,
      get() {
        refresh();
        return env;
      },
      set(value: Record<string, string>) {
        refresh();
        env = value;
      },
    },
    stdin: {
      enumerable: true,
      configurable: true,
      get() {
        refresh();
        stdin ??= readable(() => bytes.toUtf8(given().stdin), { fd: 0, isTTY: false });
        return stdin;
      },
    },
    [Symbol.toStringTag]: { configurable: true, value: 'process' },
  });
  const end: ProcessEnd = {
    leave,
    begin() {
      exitCode = undefined;
      isLeaving = false;
    },
  };
  return { process, end };
}
