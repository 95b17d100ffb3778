import { readBashKit } from './bash-kit.ts';
import type { ForeignLanguage, Kit } from './kit.ts';
import { completeKit, readPythonSources } from './python-kit.ts';
import { SnapshotCache } from './snapshot-cache.ts';

/** Starts a host process that has run no guest and will run none, has it make a snapshot, and ends it. */
export type SnapshotMaker = (kit: Kit) => Promise<Uint8Array>;

/** The kits, each read at its first use. A failure is not remembered: the next use may find what was missing. */
export class Kits {
  readonly #make: SnapshotMaker;
  readonly #cache: SnapshotCache;
  readonly #kits = new Map<ForeignLanguage, Promise<Kit>>();

  constructor(make: SnapshotMaker, cache: SnapshotCache = new SnapshotCache()) {
    this.#make = make;
    this.#cache = cache;
  }

  /** Languages whose kits were asked for. */
  get languages(): readonly ForeignLanguage[] {
    return [...this.#kits.keys()];
  }

  /**
   * The kit of a language.
   * @param report Hears of what takes long.
   * @throws {HotcellError} `BACKEND_UNAVAILABLE` where its package is not installed, or no snapshot can be made.
   */
  get(language: ForeignLanguage, report?: (detail: string) => void): Promise<Kit> {
    let kit = this.#kits.get(language);
    if (!kit) {
      kit = language === 'bash' ? readBashKit() : this.#readPython(report);
      this.#kits.set(language, kit);
      kit.catch(() => this.#kits.delete(language));
    }
    return kit;
  }

  async #readPython(report: (detail: string) => void = () => undefined): Promise<Kit> {
    const sources = await readPythonSources();
    const known = await this.#cache.read(sources.snapshotKey);
    if (known) return completeKit(sources, known);
    report('loading Python once, to keep its memory for all calls to come; this takes some seconds');
    const made = await this.#make(sources.kit);
    await this.#cache.write(sources.snapshotKey, made);
    return completeKit(sources, made);
  }
}
