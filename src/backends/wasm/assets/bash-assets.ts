import { readdir, readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { dirname, join, sep } from 'node:path';
import { findManifest, findPeer, type Peer, type RuntimeAssets } from './runtime-assets.ts';

/** Packages that just-bash's browser build imports, and the folder of modules in each. */
const libraries: readonly (readonly [name: string, folder: string, importedBy?: string])[] = [
  ['diff', 'libesm'],
  ['minimatch', 'dist/esm'],
  ['brace-expansion', 'dist/esm', 'minimatch'],
  ['balanced-match', 'dist/esm', 'brace-expansion'],
];

/** Stand-ins for missing modules: commands that need them fail with a message. */
const standIns: Readonly<Record<string, string>> = {
  'node:zlib': `const refuse = () => { throw new Error('not available here'); };
export const gunzipSync = refuse, gzipSync = refuse, constants = {};`,
  turndown: `export default class { constructor() { throw new Error('not available here'); } }`,
};

/** Reads the files for Bash guests: just-bash and the modules that it imports. */
export async function readBashAssets(): Promise<RuntimeAssets> {
  const peer = findPeer('bash');
  const files = new Map<string, Uint8Array>();
  const entries: Record<string, string> = { 'just-bash': 'just-bash/browser.js' };
  files.set('just-bash/browser.js', await readFile(join(peer.folder, 'dist/bundle/browser.js')));
  const folders = new Map<string, string>();
  for (const [name, folder, importedBy] of libraries) {
    const from = importedBy === undefined ? peer.folder : (folders.get(importedBy) ?? peer.folder);
    const library = findLibrary(from, name);
    folders.set(name, library);
    entries[name] = `${name}/index.js`;
    for (const path of await listModules(join(library, folder))) {
      files.set(`${name}/${path.split(sep).join('/')}`, await readFile(join(library, folder, path)));
    }
  }
  for (const [name, text] of Object.entries(standIns)) {
    entries[name] = `stand-in/${name}.js`;
    files.set(`stand-in/${name}.js`, Buffer.from(text));
  }
  entries['sprintf-js'] = 'sprintf-js.js';
  files.set('sprintf-js.js', await readSprintf(peer));
  return { language: 'bash', runtime: `just-bash ${peer.version}`, files, entries };
}

/** Turns a script that writes to `exports` into a module. */
async function readSprintf({ folder }: Peer): Promise<Uint8Array> {
  const text = await readFile(join(findLibrary(folder, 'sprintf-js'), 'src/sprintf.js'), 'utf8');
  return Buffer.from(`const exports = {};\n${text}\nexport const { sprintf, vsprintf } = exports;\n`);
}

function findLibrary(from: string, name: string): string {
  return dirname(findManifest(createRequire(join(from, 'package.json')), name));
}

async function listModules(folder: string): Promise<readonly string[]> {
  const names = await readdir(folder, { recursive: true });
  return names.filter((name) => name.endsWith('.js'));
}
