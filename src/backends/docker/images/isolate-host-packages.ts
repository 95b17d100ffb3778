import { existsSync, realpathSync } from 'node:fs';
import { readdir, readFile } from 'node:fs/promises';
import { dirname, join, relative } from 'node:path';

/** One package that hotcell needs at run time. */
export interface PlacedPackage {
  /** Its folder on this machine. */
  readonly folder: string;
  /** Its place relative to hotcell's own package: `node_modules/zod`. */
  readonly target: string;
  /** `zod@4.6.7`. */
  readonly id: string;
}

interface Manifest {
  readonly name: string;
  readonly version: string;
  readonly dependencies?: Readonly<Record<string, string>>;
  readonly optionalDependencies?: Readonly<Record<string, string>>;
}

/** Files that no program reads: types, maps, documentation, sources of native modules, binaries for other systems. */
const needless = /\.([cm]?ts|map|md|markdown|tgz|gyp|c|cc|h)$|(^|\/)prebuilds\/(?!linux)/;

/**
 * Finds the packages that the one at `root` needs, as Node would from there. Gives each a place from which Node finds
 * the same packages again: at the top, or below the package that needs another version than the one at the top. Breadth
 * first, so that packages nearer to the top are placed before deeper ones are looked up.
 */
export async function placePackages(root: string): Promise<readonly PlacedPackage[]> {
  const placed = new Map<string, PlacedPackage>();
  const queue: { readonly folder: string; readonly target: string }[] = [{ folder: root, target: '' }];
  for (let next = queue.shift(); next; next = queue.shift()) {
    const { dependencies = {}, optionalDependencies = {} } = await readManifest(next.folder);
    for (const name of Object.keys({ ...dependencies, ...optionalDependencies }).sort()) {
      const folder = findPackage(name, next.folder);
      if (folder === undefined) {
        if (name in optionalDependencies) continue;
        throw new Error(`${join(next.folder, 'package.json')} asks for the package ${name}, which is not installed.`);
      }
      const seen = look(name, next.target, placed);
      if (seen?.folder === folder) continue;
      const target = `${seen ? `${next.target}/` : ''}node_modules/${name}`;
      const { version } = await readManifest(folder);
      placed.set(target, { folder, target, id: `${name}@${version}` });
      queue.push({ folder, target });
    }
  }
  return [...placed.values()];
}

/** The files of a package that a program can need, relative to its folder, in a fixed order. */
export async function listPackageFiles(folder: string): Promise<readonly string[]> {
  const entries = await readdir(folder, { withFileTypes: true, recursive: true });
  return entries
    .filter((entry) => entry.isFile())
    .map((entry) => relative(folder, join(entry.parentPath, entry.name)).replaceAll('\\', '/'))
    .filter((path) => !path.split('/').includes('node_modules') && !needless.test(path))
    .sort();
}

async function readManifest(folder: string): Promise<Manifest> {
  return JSON.parse(await readFile(join(folder, 'package.json'), 'utf8')) as Manifest;
}

/** The folder in which Node would find a package from another folder. */
function findPackage(name: string, from: string): string | undefined {
  for (let folder = from; ; folder = dirname(folder)) {
    const found = join(folder, 'node_modules', name);
    if (existsSync(join(found, 'package.json'))) return realpathSync(found);
    if (folder === dirname(folder)) return undefined;
  }
}

/** The placed package that Node will find from a place. */
function look(name: string, from: string, placed: ReadonlyMap<string, PlacedPackage>): PlacedPackage | undefined {
  let place = from;
  for (;;) {
    const found = placed.get(`${place === '' ? '' : `${place}/`}node_modules/${name}`);
    if (found || place === '') return found;
    const at = place.lastIndexOf('/node_modules/');
    place = at < 0 ? '' : place.slice(0, at);
  }
}
