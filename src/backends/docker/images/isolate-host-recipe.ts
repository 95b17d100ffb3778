import { createHash } from 'node:crypto';
import { createReadStream, existsSync } from 'node:fs';
import { readdir, readFile, stat } from 'node:fs/promises';
import { join, relative } from 'node:path';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { fileURLToPath } from 'node:url';
import { type Pack, pack } from 'tar-stream';
import { listPackageFiles, type PlacedPackage, placePackages } from './isolate-host-packages.ts';

/** Paths that `Dockerfile.runner` uses. */
export const isolateHostPaths = { node: '/nodejs/bin/node', package: '/opt/hotcell' } as const;

/** The base on machines that do not run Linux: Google's image with Node and its libraries, without a shell. */
const baseWithNode = 'gcr.io/distroless/nodejs24-debian12';

/** Everything that decides the content of the isolate-host image. */
export interface IsolateHostRecipe {
  /** `hotcell-runner:HASH`: 12 hexadecimal digits of {@link hash}. */
  readonly tag: string;
  readonly hash: string;
  /** The image to start from: `scratch`, or an image that contains Node. */
  readonly base: string;
  /** hotcell's own files: path in the build context → content. */
  readonly files: ReadonlyMap<string, Uint8Array>;
  readonly packages: readonly PlacedPackage[];
  /** Node and its libraries, for `scratch`: path in the image → path here. */
  readonly system: ReadonlyMap<string, string>;
}

/** The folder is four levels above this module's, both in `src` and in `dist`. */
const packageRoot: string = fileURLToPath(new URL('../../../..', import.meta.url));

const accounts: Readonly<Record<string, string>> = {
  passwd: 'root:x:0:0:root:/:/nonexistent\nhotcell:x:10000:10000:hotcell:/work:/nonexistent\n',
  group: 'root:x:0:\nhotcell:x:10000:\n',
};

/**
 * Reads the content of the image from this installation: the package, the packages that it needs and, on Linux, the
 * Node that runs this with the libraries that it loaded. `HOTCELL_RUNNER_BASE` names another image to start from, with
 * Node at `/nodejs/bin/node`.
 * @throws {Error} if the package is not compiled, or if a package that it needs is missing.
 */
export async function readIsolateHostRecipe(): Promise<IsolateHostRecipe> {
  const base = process.env.HOTCELL_RUNNER_BASE || (process.platform === 'linux' ? 'scratch' : baseWithNode);
  const files = await readOwnFiles();
  const packages = await placePackages(packageRoot);
  const system = base === 'scratch' ? findSystemFiles() : new Map<string, string>();

  const hash = createHash('sha256').update(`${base}\0${process.arch}\0`);
  for (const [path, content] of files) hash.update(`${path}\0${content.length}\0`).update(content);
  for (const { target, id } of packages) hash.update(`${target}\0${id}\0`);
  for (const [path, source] of system) {
    const { size, mtimeMs } = await stat(source);
    hash.update(`${path}\0${size}\0${mtimeMs}\0`);
  }
  const digest = hash.digest('hex');
  return { tag: `hotcell-runner:${digest.slice(0, 12)}`, hash: digest, base, files, packages, system };
}

/** The build context as a tar. */
export function packIsolateHostRecipe(recipe: IsolateHostRecipe): Readable {
  const archive = pack();
  void addAll(archive, recipe).then(
    () => archive.finalize(),
    (error: Error) => archive.destroy(error),
  );
  return archive as unknown as Readable;
}

async function addAll(archive: Pack, { files, packages, system }: IsolateHostRecipe): Promise<void> {
  for (const [path, content] of files) await add(archive, path, Readable.from([content]), content.length, 0o644);
  for (const [path, source] of system) await addFile(archive, `root${path}`, source, 0o755);
  for (const { folder, target } of packages) {
    for (const path of await listPackageFiles(folder)) {
      await addFile(archive, `root${isolateHostPaths.package}/${target}/${path}`, join(folder, path), 0o644);
    }
  }
}

async function addFile(archive: Pack, name: string, source: string, mode: number): Promise<void> {
  const { size } = await stat(source);
  await add(archive, name, createReadStream(source), size, mode);
}

async function add(archive: Pack, name: string, content: Readable, size: number, mode: number): Promise<void> {
  await pipeline(content, archive.entry({ name, size, mode, mtime: new Date(0), uid: 0, gid: 0 }));
}

async function readOwnFiles(): Promise<ReadonlyMap<string, Uint8Array>> {
  if (!existsSync(join(packageRoot, 'dist', 'index.js'))) {
    throw new Error(`The package at ${packageRoot} is not compiled. Run "npm run build".`);
  }
  const files = new Map<string, Uint8Array>();
  files.set('Dockerfile', await readFile(join(packageRoot, 'Dockerfile.runner')));
  for (const [name, text] of Object.entries(accounts)) files.set(`root/etc/${name}`, Buffer.from(text));
  const paths = ['package.json', ...(await listFiles('dist')), ...(await listFiles('sandbox-images'))];
  for (const path of paths) {
    files.set(`root${isolateHostPaths.package}/${path}`, await readFile(join(packageRoot, path)));
  }
  return files;
}

async function listFiles(folder: string): Promise<readonly string[]> {
  const entries = await readdir(join(packageRoot, folder), { withFileTypes: true, recursive: true });
  return entries
    .filter((entry) => entry.isFile() && !/\.(d\.ts|map|pyc)$/.test(entry.name))
    .map((entry) => relative(packageRoot, join(entry.parentPath, entry.name)))
    .sort();
}

/** Node, the libraries that this process loaded, and the file by which isolated-vm recognizes Alpine Linux. */
function findSystemFiles(): ReadonlyMap<string, string> {
  const report = process.report.getReport() as unknown as { readonly sharedObjects: readonly string[] };
  const paths = [
    ...report.sharedObjects.filter((path) => path.startsWith('/') && !path.endsWith('.node')),
    '/etc/alpine-release',
  ];
  const found = paths.filter((path) => existsSync(path)).sort();
  return new Map([[isolateHostPaths.node, process.execPath], ...found.map((path): [string, string] => [path, path])]);
}
