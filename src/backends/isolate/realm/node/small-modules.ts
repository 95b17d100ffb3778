import type { Kit } from './kit.ts';

/** Makes the modules that are mostly other names for what is global: `timers`, `perf_hooks`, `console`, `os`, `module`. */
export function createSmallModules({ load, timers }: Kit): Readonly<Record<string, unknown>> {
  const { setTimeout, setInterval, setImmediate } = timers;
  const { clearTimeout, clearInterval, clearImmediate } = globalThis;
  const later = (start: (done: () => void) => unknown, value: unknown): Promise<unknown> =>
    new Promise((resolve) => start(() => resolve(value)));
  const promises = {
    setTimeout: (ms?: number, value?: unknown) => later((done) => setTimeout(done, ms), value),
    setImmediate: (value?: unknown) => later((done) => setImmediate(done), value),
    async *setInterval(ms?: number, value?: unknown): AsyncGenerator<unknown> {
      for (;;) yield await later((done) => setTimeout(done, ms), value);
    },
    scheduler: {
      wait: (ms: number) => later((done) => setTimeout(done, ms), undefined),
      yield: () => later((done) => setImmediate(done), undefined),
    },
  };
  return {
    timers: { setTimeout, setInterval, setImmediate, clearTimeout, clearInterval, clearImmediate, promises },
    'timers/promises': promises,
    perf_hooks: { performance: globalThis.performance },
    console: Object.assign(globalThis.console, { Console: undefined }),
    os: {
      EOL: '\n',
      ...{ platform: () => 'linux', type: () => 'Linux', arch: () => 'x64', endianness: () => 'LE' },
      ...{ homedir: () => '/workspace', tmpdir: () => '/workspace', hostname: () => 'hotcell' },
      availableParallelism: () => 1,
      constants: { signals: {} },
      devNull: '/dev/null',
    },
    module: {
      createRequire: () => load('program-require'),
      get builtinModules() {
        return load('module-names');
      },
      isBuiltin: (name: string) => (load('module-names') as string[]).includes(name.replace(/^node:/u, '')),
    },
  };
}
