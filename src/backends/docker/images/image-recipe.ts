import { createHash } from 'node:crypto';
import { readdir, readFile } from 'node:fs/promises';
import type { Readable } from 'node:stream';
import { pack } from 'tar-stream';

/** The image of each language, by its name. The first call that needs one builds it. */
export const imageNames = ['python', 'bash'] as const;
/** Python with libraries for data. It is large, so it is built only on request. */
export const dataImage = 'python-data';
/** Name of a sandbox image. */
export type ImageName = (typeof imageNames)[number] | typeof dataImage;

/** Memory that a waiting cell needs in addition for its preloaded libraries, in MiB; 55 were measured. */
export function preloadedMb(image: ImageName): number {
  return image === dataImage ? 64 : 0;
}

/** Folder under /opt/hotcell with the runner's files for this image's guests. */
export function harnessFolder(image: ImageName): string {
  return image.replace('-', '_');
}

/** Everything that decides the content of a sandbox image. */
export interface ImageRecipe {
  readonly name: ImageName;
  /** `hotcell-NAME:HASH`: 12 hexadecimal digits of {@link hash}. */
  readonly tag: string;
  /** SHA-256 of the recipe, in hexadecimal. */
  readonly hash: string;
  /** Debian packages that the base must contain or get. */
  readonly packages: readonly string[];
  /** Files of these packages that the image does without: shell patterns, from the root. */
  readonly leftOut: readonly string[];
  /** The text of the package lists; another text makes a new base. */
  readonly revision: string;
  /** The build context: path → content. */
  readonly files: ReadonlyMap<string, Uint8Array>;
}

/** The folder is four levels above this module's, both in `src` and in `dist`. */
const recipes: URL = new URL('../../../../sandbox-images/', import.meta.url);

/**
 * Reads the recipe of an image from the package's own `sandbox-images/`.
 * @param base Image to start from instead of the Dockerfile's own; part of the hash.
 */
export async function readRecipe(name: ImageName, base?: string): Promise<ImageRecipe> {
  const files = new Map<string, Uint8Array>();
  files.set('Dockerfile', await readFile(new URL(`${name}/Dockerfile`, recipes)));
  const paths = [
    ...(await listFiles('base', '')),
    ...(await listFiles('runner', '.py')),
    ...(await listFiles('tenant', '.py')),
    ...(name === dataImage ? await listFiles('python', '.py') : []),
    ...(await listFiles(name, '.py')),
    ...(await listFiles(name, '.txt')),
  ];
  for (const path of paths) files.set(path, await readFile(new URL(path, recipes)));

  const hash = createHash('sha256').update(`${base ?? ''}\0`);
  for (const [path, content] of files) hash.update(`${path}\0${content.length}\0`).update(content);
  const digest = hash.digest('hex');
  const text = (path: string): string => Buffer.from(files.get(path) ?? []).toString();
  const revision = text('base/packages.txt') + text(`${name}/packages.txt`);
  const [packages, leftOut] = [linesOf(revision), linesOf(text(`${name}/leave-out.txt`))];
  return { name, tag: `hotcell-${name}:${digest.slice(0, 12)}`, hash: digest, packages, leftOut, revision, files };
}

/** The lines of a list, without comments. */
function linesOf(list: string): string[] {
  return list
    .split('\n')
    .map((line) => line.replace(/#.*/, '').trim())
    .filter((line) => line !== '');
}

/** The build context as a tar; the same recipe gives the same bytes. */
export function packRecipe(recipe: ImageRecipe): Readable {
  const archive = pack();
  for (const [name, content] of recipe.files) {
    archive.entry({ name, mode: 0o644, mtime: new Date(0), uid: 0, gid: 0 }, Buffer.from(content));
  }
  archive.finalize();
  return archive as unknown as Readable;
}

/** The files under one folder of the recipes, in a fixed order. */
async function listFiles(folder: string, ending: string): Promise<string[]> {
  const entries = await readdir(new URL(`${folder}/`, recipes), { withFileTypes: true });
  const names = entries.filter((entry) => entry.isFile() && entry.name.endsWith(ending)).map((entry) => entry.name);
  const folders = entries.filter((entry) => entry.isDirectory()).map((entry) => entry.name);
  const below = folders.sort().map((name) => listFiles(`${folder}/${name}`, ending));
  return [...names.sort().map((name) => `${folder}/${name}`), ...(await Promise.all(below)).flat()];
}
