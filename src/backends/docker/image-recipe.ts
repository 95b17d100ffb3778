import { createHash } from 'node:crypto';
import { readdir, readFile } from 'node:fs/promises';
import type { Readable } from 'node:stream';
import { pack } from 'tar-stream';

/** Names of the sandbox images. */
export const imageNames = ['python', 'bash'] as const;
/** One of {@link imageNames}. */
export type ImageName = (typeof imageNames)[number];

/** All that decides what a sandbox image holds. */
export interface ImageRecipe {
  readonly name: ImageName;
  /** `hotcell-NAME:HASH`: 12 hexadecimal digits of {@link hash}. */
  readonly tag: string;
  /** SHA-256 of the recipe, in hexadecimal. */
  readonly hash: string;
  /** Debian packages that the base must bring or get. */
  readonly packages: readonly string[];
  /** The text that lists them: a base is as old as that. */
  readonly revision: string;
  /** The build context: path → content. */
  readonly files: ReadonlyMap<string, Uint8Array>;
}

/** From `src` as from `dist`, the folder lies three above this module's. */
const recipes: URL = new URL('../../../sandbox-images/', import.meta.url);

/**
 * Reads the recipe of an image from the package's own `sandbox-images/`.
 * @param base Image that it is to start from, where it is not the Dockerfile's own; part of the hash.
 */
export async function readRecipe(name: ImageName, base?: string): Promise<ImageRecipe> {
  const files = new Map<string, Uint8Array>();
  files.set('Dockerfile', await readFile(new URL(`${name}/Dockerfile`, recipes)));
  const paths = [
    ...(await listFiles('base', '')),
    ...(await listFiles('runner', '.py')),
    ...(await listFiles('tenant', '.py')),
    ...(await listFiles(name, '.py')),
  ];
  for (const path of paths) files.set(path, await readFile(new URL(path, recipes)));

  const hash = createHash('sha256').update(`${base ?? ''}\0`);
  for (const [path, content] of files) hash.update(`${path}\0${content.length}\0`).update(content);
  const digest = hash.digest('hex');
  const revision = Buffer.from(files.get('base/packages.txt') ?? []).toString();
  const packages = revision
    .split('\n')
    .map((line) => line.replace(/#.*/, '').trim())
    .filter((line) => line !== '');
  return { name, tag: `hotcell-${name}:${digest.slice(0, 12)}`, hash: digest, packages, revision, files };
}

/** The build context as a tar, the same bytes for the same recipe. */
export function packRecipe(recipe: ImageRecipe): Readable {
  const archive = pack();
  for (const [name, content] of recipe.files) {
    archive.entry({ name, mode: 0o644, mtime: new Date(0), uid: 0, gid: 0 }, Buffer.from(content));
  }
  archive.finalize();
  return archive as unknown as Readable;
}

/** Files of one folder of the recipes, in a fixed order. */
async function listFiles(folder: string, ending: string): Promise<string[]> {
  const entries = await readdir(new URL(`${folder}/`, recipes), { withFileTypes: true });
  const names = entries.filter((entry) => entry.isFile() && entry.name.endsWith(ending)).map((entry) => entry.name);
  return names.sort().map((name) => `${folder}/${name}`);
}
