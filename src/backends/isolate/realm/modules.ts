import type { Formatter, InspectModule } from './console.ts';
import type { ByteText, Utf8Text } from './encoding.ts';
import type { Intrinsics } from './intrinsics.ts';
import type { Writer } from './writer.ts';

/** What the realm has to do with the modules of Node, of which none is loaded before the guest uses it. */
export interface Modules {
  /** Begins a program: a new `module`, and what the one before set in `process` is forgotten. */
  begin(): void;
  /** What a program put into `module.exports`; `undefined` if it never looked at it. */
  exports(): unknown;
  /** Tells listeners of `exit` that the program is over; the exit code that it set. */
  leave(): number;
}

/** The same once something was used. */
export interface LoadedModules extends Modules {
  /** Global name → what makes its value; `hotcell`: what `import` asks. */
  readonly values: Readonly<Record<string, () => unknown>>;
}

/** Files by their paths under the workspace; each function throws an Error with a sentence. */
export interface ModuleFiles {
  read(path: string): Uint8Array;
  write(path: string, content: Uint8Array): void;
  append(path: string, content: Uint8Array): void;
  remove(path: string): void;
  /** The size of a file in bytes; `undefined` if there is none. */
  size(path: string): number | undefined;
  list(): readonly string[];
}

/** What modules are made with. It holds no more than the guest has without them: what they do, the guest could do. */
export interface ModuleMeans {
  readonly intrinsics: Intrinsics;
  readonly bytes: ByteText & Utf8Text;
  readonly formatter: Formatter;
  readonly loadInspect: () => InspectModule;
  readonly ask: (question: string, subject: string, detail?: string) => string;
  readonly write: Writer;
  readonly files: ModuleFiles;
  /** What the call that runs has. */
  readonly given: () => { readonly env: Readonly<Record<string, string>>; readonly stdin: string };
  /** Ends the program. */
  readonly exit: (code: number) => never;
  readonly timers: Pick<typeof globalThis, 'setTimeout' | 'setInterval' | 'setImmediate' | 'queueMicrotask'>;
  /** When the realm was made, in milliseconds. */
  readonly startedAt: number;
}

/**
 * Defines `process`, `Buffer`, `require`, `module`, `exports`, `global`, `__filename`, `__dirname`, the classes around
 * `AbortController`, `structuredClone`, and what `import` asks. Most are accessors, as several are in Node, and the
 * realm's own script holds nothing behind them: a program that uses none of them pays for none.
 */
export function installModules({ define, evaluate }: Intrinsics, means: () => ModuleMeans, hotcell: object): Modules {
  const { defineProperty } = Object;
  let loaded: LoadedModules | undefined;
  const load = (): LoadedModules => {
    if (loaded === undefined) {
      const given = means();
      loaded = (evaluate(given.ask('module', 'modules')) as (given: ModuleMeans) => LoadedModules)(given);
    }
    return loaded;
  };
  const delay = (target: object, name: string, value: string): void => {
    defineProperty(target, name, {
      __proto__: null,
      configurable: true,
      enumerable: false,
      get: () => load().values[value]?.(),
      set: (next: unknown) => define(target, name, next),
    } as PropertyDescriptor);
  };
  const names = [
    ...['process', 'Buffer', 'require', 'module', 'exports'],
    ...['Event', 'EventTarget', 'AbortController', 'AbortSignal', 'URL', 'URLSearchParams'],
  ];
  for (let index = 0; index < names.length; index += 1) {
    const name = names[index] as string;
    delay(globalThis, name, name);
  }
  delay(hotcell, 'require', 'hotcell');
  define(globalThis, 'global', globalThis);
  define(globalThis, '__filename', '/workspace/main.js');
  define(globalThis, '__dirname', '/workspace');
  define(globalThis, 'structuredClone', function structuredClone(value: unknown) {
    const clone = load().values.structuredClone as () => (value: unknown) => unknown;
    return clone()(value);
  });
  return {
    begin: () => loaded?.begin(),
    exports: () => loaded?.exports(),
    leave: () => loaded?.leave() ?? 0,
  };
}
