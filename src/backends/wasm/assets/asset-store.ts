import { readFile } from 'node:fs/promises';
import type { HostFile } from '../../../contract/spi/host-launcher.ts';
import { readBashAssets } from './bash-assets.ts';
import { completeAssets, readPythonSources } from './python-assets.ts';
import type { AssetFile, RuntimeAssets, WasmLanguage } from './runtime-assets.ts';
import { SnapshotCache } from './snapshot-cache.ts';

/** Starts a separate host process that runs no guest, lets it make a snapshot, and ends it. */
export type SnapshotMaker = (assets: RuntimeAssets) => Promise<Uint8Array>;

/** Runtime assets that are being read. */
interface Reading {
  readonly assets: Promise<RuntimeAssets>;
  /** Resolves once `files` is known, or reading has failed. */
  readonly located: PromiseWithResolvers<void>;
  files: readonly HostFile[];
}

/**
 * The runtime assets; those of a language are read at its first use. A failure is not cached: the next use may find the
 * missing package.
 */
export class AssetStore {
  readonly #make: SnapshotMaker;
  readonly #cache: SnapshotCache;
  readonly #readings = new Map<WasmLanguage, Reading>();
  #snapshotKey: string | undefined;

  constructor(make: SnapshotMaker, cache: SnapshotCache = new SnapshotCache()) {
    this.#make = make;
    this.#cache = cache;
  }

  /** Languages whose runtime assets were requested. */
  get languages(): readonly WasmLanguage[] {
    return [...this.#readings.keys()];
  }

  /** Large files of these runtime assets whose paths are known, for a host that is about to open them. */
  filesToOpen(): readonly HostFile[] {
    if (this.#snapshotKey !== undefined) void this.#cache.use(this.#snapshotKey);
    return [...this.#readings.values()].flatMap(({ files }) => files);
  }

  /**
   * The content of a file of the runtime assets. Makes a snapshot again if it was deleted from the cache.
   * @throws {HotcellError} `BACKEND_UNAVAILABLE` if that fails.
   */
  async content(file: AssetFile): Promise<Uint8Array> {
    if (!isStored(file)) return file;
    try {
      return (await readFile(file.path)).subarray(file.from);
    } catch (error) {
      if (this.#snapshotKey === undefined || file.path !== this.#cache.place(this.#snapshotKey).path) throw error;
      const known = this.#readings.get('python');
      const isStale = (await known?.assets)?.files.get('snapshot') === file;
      if (isStale && this.#readings.get('python') === known) this.#readings.delete('python');
      return this.content((await this.get('python')).files.get('snapshot') ?? file);
    }
  }

  /**
   * Resolves once {@link filesToOpen} includes a language's files: a host can start while the runtime assets are
   * checked.
   */
  locate(language: WasmLanguage, report?: (detail: string) => void): Promise<void> {
    return this.#read(language, report).located.promise;
  }

  /**
   * The runtime assets of a language.
   * @param report Called about slow steps.
   * @throws {HotcellError} `BACKEND_UNAVAILABLE` if its package is not installed, or no snapshot can be made.
   */
  get(language: WasmLanguage, report?: (detail: string) => void): Promise<RuntimeAssets> {
    return this.#read(language, report).assets;
  }

  #read(language: WasmLanguage, report: (detail: string) => void = () => undefined): Reading {
    const known = this.#readings.get(language);
    if (known) return known;
    const located = Promise.withResolvers<void>();
    const locate = (files: readonly HostFile[]): void => {
      reading.files = files;
      located.resolve();
    };
    const assets = language === 'bash' ? readBashAssets() : this.#readPython(locate, report);
    const reading: Reading = { assets, located, files: [] };
    this.#readings.set(language, reading);
    assets.then(
      ({ files }) => locate([...files.values()].filter(isStored)),
      () => {
        this.#readings.delete(language);
        located.resolve();
      },
    );
    return reading;
  }

  async #readPython(
    locate: (files: readonly HostFile[]) => void,
    report: (detail: string) => void,
  ): Promise<RuntimeAssets> {
    const sources = await readPythonSources();
    const { snapshotKey } = sources;
    this.#snapshotKey = snapshotKey;
    const kept = completeAssets(sources, this.#cache.place(snapshotKey));
    locate([...kept.files.values()].filter(isStored));
    await this.#cache.use(snapshotKey);
    if (await this.#cache.check(snapshotKey)) return kept;
    report('loading Python once and saving its memory for later calls; this takes some seconds');
    const made = await this.#make(sources.assets);
    await this.#cache.write(snapshotKey, made);
    // A new object: a host that opened the old file has the old content.
    return completeAssets(sources, (await this.#cache.check(snapshotKey)) ? this.#cache.place(snapshotKey) : made);
  }
}

function isStored(file: Uint8Array | HostFile): file is HostFile {
  return !(file instanceof Uint8Array);
}
