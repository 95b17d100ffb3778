import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';

const source = fileURLToPath(new URL('../../../src', import.meta.url));

/** Who may import whom (the table of rooms in docs/design.md). The file-wide owners of a library come below. */
const allowed: Readonly<Record<string, readonly string[]>> = {
  contract: [],
  support: ['contract'],
  redaction: ['contract', 'support'],
  cells: ['contract', 'support'],
  'backends/isolate': ['contract', 'cells', 'support'],
  'backends/docker': ['contract', 'cells', 'support'],
  egress: ['contract', 'redaction', 'support'],
  tools: ['contract', 'support'],
  attest: ['contract', 'support'],
  dispatch: ['contract', 'cells', 'redaction', 'support'],
  cli: ['engine.ts', 'contract'],
  'engine.ts': [
    'contract',
    'support',
    'redaction',
    'cells',
    'backends/isolate',
    'backends/docker',
    'egress',
    'tools',
    'dispatch',
    'attest',
  ],
  'unwrap.ts': ['contract'],
  'index.ts': ['contract', 'support', 'tools', 'dispatch', 'engine.ts', 'unwrap.ts'],
};

/** Libraries that only one place may touch. */
const owners: Readonly<Record<string, RegExp>> = {
  'isolated-vm': /^backends\/isolate\/host\//,
  dockerode: /^backends\/docker\/(client|connection|docker-call|progress)\.ts$/,
  commander: /^cli\//,
};

interface Import {
  readonly from: string;
  readonly to: string;
  readonly library: boolean;
  /** Loaded with the file: neither types alone nor an `import()`. */
  readonly atOnce: boolean;
}

const files = readdirSync(source, { recursive: true, encoding: 'utf8' }).filter((path) => path.endsWith('.ts'));
const imports: readonly Import[] = files.flatMap((from) => {
  const text = readFileSync(join(source, from), 'utf8');
  const specifiers = [
    ...text.matchAll(/(?:^|\n)\s*(?:import|export)\b(\s+type\b)?[^'"`;]*?from\s+'([^']+)'|import\(\s*'([^']+)'\s*\)/g),
  ];
  return specifiers.map(([, type, statically, dynamically]) => {
    const specifier = statically ?? dynamically ?? '';
    const library = !specifier.startsWith('.');
    const atOnce = type === undefined && statically !== undefined;
    return {
      from,
      library,
      atOnce,
      to: library ? specifier : relative(source, join(source, dirname(from), specifier)),
    };
  });
});

function roomOf(path: string): string {
  const parts = path.split('/');
  if (parts.length === 1) return path;
  return parts[0] === 'backends' ? `${parts[0]}/${parts[1]}` : (parts[0] ?? '');
}

describe('the house', () => {
  test('every file belongs to a room, and rooms import only what the design allows', () => {
    expect(files.length).toBeGreaterThan(30);
    expect(imports.length).toBeGreaterThan(100);
    const broken = imports
      .filter(({ library }) => !library)
      .filter(({ from, to }) => roomOf(from) !== roomOf(to) && !allowed[roomOf(from)]?.includes(roomOf(to)));
    expect(broken).toEqual([]);
    expect(files.filter((file) => !(roomOf(file) in allowed))).toEqual([]);
  });

  test('isolated-vm, the Docker API and the command line library each have one owner', () => {
    const broken = imports.filter(({ from, to, library }) => library && owners[to] && !owners[to].test(from));
    expect(broken).toEqual([]);
  });

  test('a host process starts without libraries: zod alone would take a third of its start', () => {
    const loaded = new Set(['main.ts', 'job.ts', 'wire.ts'].map((name) => `backends/isolate/host/${name}`));
    for (const file of loaded) for (const { from, to, atOnce } of imports) if (atOnce && from === file) loaded.add(to);
    expect(loaded).toContain('cells/verdict-terms.ts');
    expect([...loaded].filter((name) => !name.startsWith('node:') && !files.includes(name))).toEqual([]);
  });

  test('there are no cycles', () => {
    const edges = Map.groupBy(
      imports.filter(({ library }) => !library),
      ({ from }) => from,
    );
    const done = new Set<string>();
    const walk = (file: string, trail: readonly string[]): void => {
      expect(trail, `cycle: ${[...trail, file].join(' → ')}`).not.toContain(file);
      if (done.has(file)) return;
      for (const { to } of edges.get(file) ?? []) walk(to, [...trail, file]);
      done.add(file);
    };
    for (const file of files) walk(file, []);
  });

  test('no file holds default exports, export *, module-level lets, or more than 300 lines', () => {
    const broken = files.filter((file) => {
      const text = readFileSync(join(source, file), 'utf8');
      return /^export (\*|default)/m.test(text) || /^(export )?(let|var) /m.test(text) || text.split('\n').length > 301;
    });
    expect(broken).toEqual([]);
  });
});
