import { readFile } from 'node:fs/promises';
import type { HostFile } from '../../../contract/spi/host-launcher.ts';
import { readBashAssets } from './bash-assets.ts';
import { completeAssets, readPythonSources } from './python-assets.ts';
import type { AssetFile, RuntimeAssets, WasmLanguage } from './runtime-assets.ts';
import { SnapshotCache } from './snapshot-cache.ts';

/** Starts a host process that has run no guest and will run none, has it make a snapshot, and ends it. */
export type SnapshotMaker = (assets: RuntimeAssets) => Promise<Uint8Array>;

/** Runtime assets on their way. */
interface Reading {
  readonly assets: Promise<RuntimeAssets>;
  /** Settles once `files` is known, or the reading has failed. */
  readonly located: PromiseWithResolvers<void>;
  files: readonly HostFile[];
}

/** The runtime assets, of each language read at its first use. A failure is not remembered: the next use may find what was missing. */
export class AssetStore {
  readonly #make: SnapshotMaker;
  readonly #cache: SnapshotCache;
  readonly #readings = new Map<WasmLanguage, Reading>();
  #snapshotKey: string | undefined;

  constructor(make: SnapshotMaker, cache: SnapshotCache = new SnapshotCache()) {
    this.#make = make;
    this.#cache = cache;
  }

  /** Languages whose runtime assets were asked for. */
  get languages(): readonly WasmLanguage[] {
    return [...this.#readings.keys()];
  }

  /** Large files of these runtime assets, as far as it is known where they lie, for a host that is about to open them. */
  filesToOpen(): readonly HostFile[] {
    if (this.#snapshotKey !== undefined) void this.#cache.use(this.#snapshotKey);
    return [...this.#readings.values()].flatMap(({ files }) => files);
  }

  /**
   * What is in a file of the runtime assets. Where a snapshot is no more, because somebody emptied the cache, it is made anew.
   * @throws {HotcellError} `BACKEND_UNAVAILABLE` where that cannot be done.
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

  /** Settles once {@link filesToOpen} has those of a language: a host can be started, and the runtime assets are checked meanwhile. */
  locate(language: WasmLanguage, report?: (detail: string) => void): Promise<void> {
    return this.#read(language, report).located.promise;
  }

  /**
   * The runtime assets of a language.
   * @param report Hears of what takes long.
   * @throws {HotcellError} `BACKEND_UNAVAILABLE` where its package is not installed, or no snapshot can be made.
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
    // A new place: a host that has the old one open has another file.
    return completeAssets(sources, (await this.#cache.check(snapshotKey)) ? this.#cache.place(snapshotKey) : made);
  }
}

function isStored(file: Uint8Array | HostFile): file is HostFile {
  return !(file instanceof Uint8Array);
}
