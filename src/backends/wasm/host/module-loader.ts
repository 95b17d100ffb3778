import { posix } from 'node:path';
import type ivm from 'isolated-vm';

/** Texts of an interpreter's modules, as the engine sent them. */
export interface ModuleSources {
  /** Path → text. */
  readonly texts: ReadonlyMap<string, string>;
  /** Name of a package or stand-in → path. */
  readonly entries: Readonly<Record<string, string>>;
}

/** Loads ECMAScript modules into isolates and caches their compiled code from the first load on. */
export class ModuleLoader {
  readonly #sources: ModuleSources;
  readonly #cached = new Map<string, ivm.ExternalCopy<ArrayBuffer>>();

  constructor(sources: ModuleSources) {
    this.#sources = sources;
  }

  /** Evaluates a module with its imports; returns its namespace. */
  async load(isolate: ivm.Isolate, context: ivm.Context, name: string): Promise<ivm.Reference> {
    const modules = new Map<string, ivm.Module>();
    const paths = new Map<ivm.Module, string>();
    const compile = async (path: string): Promise<ivm.Module> => {
      const known = modules.get(path);
      if (known) return known;
      const text = this.#sources.texts.get(path);
      if (text === undefined) throw new Error(`There is no module "${path}".`);
      const cachedData = this.#cached.get(path);
      const module: ivm.Module & ivm.CachedDataResult = await isolate.compileModule(text, {
        filename: `hotcell:${path}`,
        ...(cachedData ? { cachedData } : { produceCachedData: true }),
      } as never);
      if (module.cachedData) this.#cached.set(path, module.cachedData);
      modules.set(path, module);
      paths.set(module, path);
      return module;
    };
    const main = await compile(this.#resolve(name, ''));
    await main.instantiate(context, (specifier, referrer) =>
      compile(this.#resolve(specifier, paths.get(referrer) ?? '')),
    );
    await main.evaluate();
    return main.namespace;
  }

  #resolve(specifier: string, referrer: string): string {
    if (specifier.startsWith('.')) return posix.join(posix.dirname(referrer), specifier);
    return this.#sources.entries[specifier] ?? specifier;
  }
}
