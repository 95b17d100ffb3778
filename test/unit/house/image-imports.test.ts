import { readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';

const images = fileURLToPath(new URL('../../../sandbox-images', import.meta.url));

/**
 * Allowed imports. A room is a folder; the modules of `runner/` itself are the room `runner`. Rooms on the same line do
 * not import each other. All imports in a file count, including those within functions and those for types only.
 */
const supports = ['runner/support'];
const protocols = [...supports, 'runner/protocol'];
const parts = [...protocols, 'runner/files', 'runner/network', 'runner/process', 'runner/tools'];
const languages = [...parts, 'bash', 'python', 'python-data'];
const allowed: Readonly<Record<string, readonly string[]>> = {
  'runner/support': [],
  'runner/protocol': supports,
  'runner/files': protocols,
  'runner/network': protocols,
  'runner/process': protocols,
  'runner/tools': protocols,
  bash: parts,
  python: parts,
  'python-data': ['python'],
  runner: languages,
  tenant: [...languages, 'runner'],
};

interface Import {
  readonly from: string;
  readonly to: string;
}

/** The modules in the import statements of a text. */
function named(text: string): string[] {
  const code = text.replace(/"""[\s\S]*?"""/g, '').replace(/#.*/g, '');
  const plain = [...code.matchAll(/^[ \t]*import[ \t]+([\w., \t]+)/gm)].flatMap(([, names = '']) => names.split(','));
  const from = [...code.matchAll(/^[ \t]*from[ \t]+([\w.]+)[ \t]+import[ \t]+(\([^)]*\)|[^\n]*)/gm)];
  const members = from.flatMap(([, module = '', names = '']) =>
    names
      .replace(/[()]/g, '')
      .split(',')
      .map((name) => name.trim())
      .filter((name) => name !== '')
      .map((name) => `${module}.${name}`),
  );
  return [...plain, ...members].map((name) => name.trim().replace(/\s+as\s.*$/, ''));
}

/** The file of a module, or of the module that holds a name; undefined if it does not belong to the images. */
function fileOf(module: string, files: ReadonlySet<string>): string | undefined {
  const path = module.replace(/^python_data\b/, 'python-data').replaceAll('.', '/');
  const holder = path.replace(/\/[^/]*$/, '');
  const candidates = [`${path}.py`, `${path}/__init__.py`, `${holder}.py`, `${holder}/__init__.py`];
  return candidates.find((file) => files.has(file));
}

function importsOf(texts: ReadonlyMap<string, string>): Import[] {
  const files = new Set(texts.keys());
  return [...texts].flatMap(([from, text]) => {
    const targets = named(text).map((module) => fileOf(module, files));
    return [...new Set(targets)].filter((to) => to !== undefined && to !== from).map((to) => ({ from, to: to ?? '' }));
  });
}

/** The first circle in a graph, as the names along it; undefined if there is none. */
function findCircle(edges: readonly Import[]): string | undefined {
  const targets = Map.groupBy(edges, ({ from }) => from);
  const done = new Set<string>();
  const walk = (node: string, trail: readonly string[]): string | undefined => {
    if (trail.includes(node)) return [...trail, node].join(' → ');
    if (done.has(node)) return undefined;
    for (const { to } of targets.get(node) ?? []) {
      const circle = walk(to, [...trail, node]);
      if (circle) return circle;
    }
    done.add(node);
    return undefined;
  };
  for (const node of targets.keys()) {
    const circle = walk(node, []);
    if (circle) return circle;
  }
  return undefined;
}

const roomOf = (file: string): string => file.replace(/\/[^/]*$/, '');

function betweenRooms(imports: readonly Import[]): Import[] {
  const rooms = imports.map(({ from, to }) => ({ from: roomOf(from), to: roomOf(to) }));
  return rooms.filter(({ from, to }) => from !== to);
}

/** The Python files under some folders of `sandbox-images/`: path → text. */
function readFiles(folder: string): Map<string, string> {
  const paths = readdirSync(`${images}/${folder}`, { recursive: true, encoding: 'utf8' });
  const files = paths.map((path) => path.replaceAll('\\', '/')).filter((path) => path.endsWith('.py'));
  return new Map(files.sort().map((path) => [path, readFileSync(`${images}/${folder}/${path}`, 'utf8')] as const));
}

const containers = new Map([...readFiles('.')].filter(([path]) => !path.startsWith('wasm/')));
/** Python in WebAssembly: the same files, some replaced. Its `guest.py` is above the rooms. */
const wasm = new Map([...containers, ...readFiles('wasm')]);

describe('the images', () => {
  test('every file belongs to a room, and rooms import only what the table allows', () => {
    const imports = importsOf(containers);
    expect(containers.size).toBeGreaterThan(60);
    expect(imports.length).toBeGreaterThan(150);
    expect([...new Set([...containers.keys()].map(roomOf))].sort()).toEqual(Object.keys(allowed).sort());
    const broken = imports.filter(({ from, to }) => {
      return roomOf(from) !== roomOf(to) && !allowed[roomOf(from)]?.includes(roomOf(to));
    });
    expect(broken).toEqual([]);
  });

  test.each([
    ['of the containers', containers],
    ['of Python in WebAssembly', wasm],
  ])('no modules and no rooms %s import each other in a circle', (_, texts) => {
    const imports = importsOf(texts);
    expect(findCircle(imports)).toBeUndefined();
    expect(findCircle(betweenRooms(imports))).toBeUndefined();
  });
});

test('an import counts in any position, and a circle is found through any of them', () => {
  const texts = new Map([
    ['a/__init__.py', '"""import a.three"""'],
    ['a/one.py', 'import os\nfrom a import (\n    two,  # why\n)\n# from a import three'],
    ['a/two.py', 'TYPE_CHECKING = False\nif TYPE_CHECKING:\n    from b.four import Name as Other'],
    ['b/four.py', 'def late():\n    import a.one as one, sys'],
    ['a/three.py', 'from a import four'],
  ]);
  expect(importsOf(texts)).toEqual([
    { from: 'a/one.py', to: 'a/two.py' },
    { from: 'a/two.py', to: 'b/four.py' },
    { from: 'b/four.py', to: 'a/one.py' },
    { from: 'a/three.py', to: 'a/__init__.py' },
  ]);
  expect(findCircle(importsOf(texts))).toBe('a/one.py → a/two.py → b/four.py → a/one.py');
  expect(findCircle(betweenRooms(importsOf(texts)))).toBe('a → b → a');
});
