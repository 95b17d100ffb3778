import type { InspectModule } from '../console.ts';
import type { LoadedModules, ModuleMeans } from '../modules.ts';
import type { Kit, ProcessEnd } from './kit.ts';

/** Makes `require`, `module` and what else a program has of Node, at the first use of any of it. */
export function createModules(means: ModuleMeans): LoadedModules {
  const { ask, intrinsics } = means;
  const { define, evaluate, slice, indexOf, split } = intrinsics;
  const { defineProperty } = Object;
  const OwnError = Error;
  /** Names that belong to a part of another module. */
  const parts: Record<string, readonly [module: string, part: string]> = {
    __proto__: null,
    process: ['process', 'process'],
    'fs/promises': ['fs', 'promises'],
    'path/posix': ['path', 'posix'],
    'util/types': ['util', 'types'],
    'assert/strict': ['assert', 'strict'],
    'readline/promises': ['readline', 'promises'],
    timers: ['small-modules', 'timers'],
    'timers/promises': ['small-modules', 'timers/promises'],
    perf_hooks: ['small-modules', 'perf_hooks'],
    console: ['small-modules', 'console'],
    os: ['small-modules', 'os'],
    module: ['small-modules', 'module'],
  } as never;
  const loaded: Record<string, { readonly exports: unknown } | undefined> = { __proto__: null } as never;
  let kit: Kit | undefined;
  let inspectModule: InspectModule | undefined;

  const load = (name: string): unknown => {
    const known = loaded[name];
    if (known !== undefined) return known.exports;
    if (name === 'program-require') return require;
    if (name === 'module-names') return split(ask('module-names', ''), '\n');
    const source = ask('module', name);
    if (source === '') throw new OwnError(`There is no module "${name}".`);
    kit ??= {
      ...means,
      inspectModule() {
        inspectModule ??= means.loadInspect();
        return inspectModule as never;
      },
      load: load as never,
    };
    const exports = (evaluate(source) as (kit: Kit) => unknown)(kit);
    loaded[name] = { exports };
    return exports;
  };
  const builtIn = (name: string): unknown => {
    const [module, part] = parts[name] ?? [name, ''];
    const exports = load(module);
    return part === '' ? exports : (exports as Record<string, unknown>)[part];
  };

  interface Module {
    exports: unknown;
    readonly id: string;
    readonly filename: string;
    loaded: boolean;
    readonly children: readonly never[];
    readonly paths: readonly never[];
    readonly require: unknown;
  }
  const moduleOf = (id: string, filename: string, requireFrom: unknown): Module => ({
    exports: {},
    id,
    filename,
    loaded: false,
    children: [],
    paths: [],
    require: requireFrom,
  });
  const files: Record<string, Module | undefined> = { __proto__: null } as never;
  /** Loads a file of the workspace, as a module or as JSON. */
  const loadFile = (asked: string, folder: string): unknown => {
    const { resolve } = load('path') as { resolve(...parts: string[]): string };
    const whole = resolve(folder, asked);
    const base = slice(whole, 0, 11) === '/workspace/' ? slice(whole, 11) : '';
    const endings = ['', '.js', '.json', '.cjs', '/index.js'];
    for (let index = 0; base !== '' && index < endings.length; index += 1) {
      const name = `${base}${endings[index]}`;
      if (means.files.size(name) === undefined) continue;
      const known = files[name];
      if (known !== undefined) return known.exports;
      const text = means.bytes.fromUtf8(means.files.read(name));
      if (slice(name, -5) === '.json') return intrinsics.parse(text);
      const path = `/workspace/${name}`;
      const folderOf = (load('path') as { dirname(path: string): string }).dirname(path);
      const own = requireFrom(folderOf);
      const module = moduleOf(path, path, own);
      files[name] = module;
      try {
        const run = evaluate(
          `(function (exports, require, module, __filename, __dirname) {${text}\n})\n//# sourceURL=${name}`,
        ) as (...given: unknown[]) => void;
        run(module.exports, own, module, path, folderOf);
      } catch (error) {
        files[name] = undefined;
        throw error;
      }
      module.loaded = true;
      return module.exports;
    }
    return missing(asked);
  };
  const missing = (name: string): never => {
    const error = new OwnError(ask('missing-module', name));
    define(error, 'code', 'MODULE_NOT_FOUND');
    throw error;
  };
  const find = (given: unknown, folder: string): unknown => {
    if (typeof given !== 'string') {
      const { wrongType } = load('errors') as { wrongType(name: string, wanted: string, value: unknown): never };
      return wrongType('"id"', 'of type string', given);
    }
    const first = slice(given, 0, 2);
    if (first === './' || first === '..' || first[0] === '/') return loadFile(given, folder);
    const name = slice(given, 0, 5) === 'node:' ? slice(given, 5) : given;
    // The host knows the names that a program may use.
    return indexOf(`\n${ask('module-names', '')}\n`, `\n${name}\n`) >= 0 && name !== ''
      ? builtIn(name)
      : missing(given);
  };
  const requireFrom = (folder: string): object => {
    const own = (name: unknown): unknown => find(name, folder);
    define(own, 'resolve', (name: string) => {
      find(name, folder);
      return name;
    });
    define(own, 'cache', {});
    defineProperty(own, 'main', { configurable: true, get: () => program() });
    return own;
  };

  let main: Module | undefined;
  const require = requireFrom('/workspace');
  const program = (): Module => (main ??= moduleOf('.', '/workspace/main.js', require));
  const global = (name: string): Record<string, unknown> => load(name) as never;
  const bufferOf = (): unknown => (builtIn('buffer') as { Buffer: unknown }).Buffer;

  /** What `import` of a module gives: the names of its exports, and itself by the name `default`. */
  const all = (module: unknown): object => {
    const names: Record<string, unknown> = { __proto__: null } as never;
    if ((typeof module === 'object' && module !== null) || typeof module === 'function') {
      for (const name of Object.keys(module)) if (name !== 'default') define(names, name, (module as never)[name]);
    }
    define(names, 'default', one(module, 'default'));
    return names;
  };
  const one = (module: unknown, name: string): unknown => {
    const named = module as Record<string, unknown> | null | undefined;
    if (name === 'default') return named?.__esModule === true ? named.default : module;
    if (named === null || named === undefined || !(name in Object(named))) {
      throw new SyntaxError(`The requested module does not provide an export named '${name}'`);
    }
    return named[name];
  };
  const asked = (name: unknown): unknown => find(name, '/workspace');
  define(asked, 'all', all);
  define(asked, 'one', one);
  define(asked, 'later', async (name: unknown) =>
    all(find(typeof name === 'string' ? name : `${name as string}`, '/workspace')),
  );
  const processEnd = (): ProcessEnd | undefined =>
    (loaded.process?.exports as { readonly end: ProcessEnd } | undefined)?.end;
  return {
    values: {
      __proto__: null,
      process: () => builtIn('process'),
      Buffer: bufferOf,
      require: () => require,
      module: program,
      exports: () => program().exports,
      hotcell: () => asked,
      structuredClone: () => global('clone').structuredClone,
      Event: () => global('abort').Event,
      EventTarget: () => global('abort').EventTarget,
      AbortController: () => global('abort').AbortController,
      AbortSignal: () => global('abort').AbortSignal,
      URL: () => global('web-url').URL,
      URLSearchParams: () => global('web-url').URLSearchParams,
    } as never,
    begin() {
      main = undefined;
      processEnd()?.begin();
    },
    exports: () => main?.exports,
    leave: () => processEnd()?.leave() ?? 0,
  };
}
