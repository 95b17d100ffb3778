import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';

const source = fileURLToPath(new URL('../../../src', import.meta.url));

const contract = ['contract/schema', 'contract/api', 'contract/spi'];
const hostRooms = ['process', 'channel', 'files', 'program', 'guest', 'calls', 'job'].map(
  (name) => `backends/isolate/host/${name}`,
);

/**
 * Allowed imports (the table of rooms in docs/design.md). A room is a folder; a file listed here is a separate room.
 * The owners of libraries are below.
 */
const allowed: Readonly<Record<string, readonly string[]>> = {
  'contract/schema': [],
  'contract/api': ['contract/schema'],
  'contract/spi': ['contract/schema', 'contract/api'],
  'contract/wire': ['contract/schema', 'contract/api'],
  support: ['contract/schema', 'contract/api'],
  'redaction/streams': ['support'],
  'redaction/search': [],
  'redaction/known-values': ['redaction/streams', 'redaction/search'],
  'redaction/patterns': ['redaction/streams', 'redaction/search'],
  redaction: [
    'contract/schema',
    'contract/api',
    'support',
    'redaction/streams',
    'redaction/known-values',
    'redaction/patterns',
  ],
  egress: ['contract/schema', 'contract/api', 'redaction', 'redaction/streams', 'support'],
  'cells/protocol': contract,
  'cells/pool': [...contract, 'support'],
  'cells/conversation': [...contract, 'support', 'cells/protocol'],
  // First the engine's side of host processes, then the code that runs inside one.
  'backends/isolate': [...contract, 'support', 'cells/protocol', 'cells/conversation', 'cells/pool'],
  'backends/isolate/realm': ['contract/api', 'cells/protocol'],
  'backends/isolate/realm/web': ['backends/isolate/realm'],
  'backends/isolate/realm/node': ['backends/isolate/realm'],
  'backends/isolate/realm/node/system': ['backends/isolate/realm', 'backends/isolate/realm/node'],
  'backends/isolate/host/process': [],
  'backends/isolate/host/channel': ['contract/api', 'cells/protocol', 'cells/conversation'],
  'backends/isolate/host/files': ['contract/api', 'cells/protocol', 'backends/isolate/host/process'],
  'backends/isolate/host/program': ['contract/api', 'cells/protocol', 'backends/isolate/host/process'],
  'backends/isolate/host/guest': [
    ...['backends/isolate/realm', 'backends/isolate/realm/web', 'backends/isolate/realm/node'],
    ...['backends/isolate/realm/node/system', 'contract/api'],
  ],
  'backends/isolate/host/calls': [
    ...['contract/api', 'cells/protocol', 'backends/isolate/realm'],
    ...hostRooms.slice(0, hostRooms.indexOf('backends/isolate/host/calls')),
  ],
  'backends/isolate/host/job': [
    ...['contract/api', 'cells/protocol', 'backends/isolate/realm'],
    ...hostRooms.slice(0, hostRooms.indexOf('backends/isolate/host/job')),
  ],
  'backends/isolate/host/main.ts': ['backends/isolate', 'backends/wasm/host', 'cells/protocol', ...hostRooms],
  'backends/wasm': [...contract, 'support', 'backends/isolate', 'backends/wasm/assets'],
  'backends/wasm/assets': [...contract, 'support', 'backends/isolate'],
  'backends/wasm/realm': ['backends/isolate/realm', 'backends/isolate/realm/web'],
  'backends/wasm/realm/bash': ['backends/isolate/realm', 'backends/wasm/realm'],
  'backends/wasm/realm/python': ['backends/isolate/realm', 'backends/wasm/realm'],
  'backends/wasm/host': [
    ...['contract/schema', 'contract/api', 'backends/isolate', 'backends/isolate/host/guest', 'backends/isolate/realm'],
    'backends/isolate/realm/web',
    ...['backends/wasm/realm', 'backends/wasm/realm/bash', 'backends/wasm/realm/python'],
  ],
  'backends/docker/daemon': [...contract, 'support'],
  'backends/docker/images': [...contract, 'support', 'backends/docker/daemon'],
  'backends/docker/cells': [
    ...[...contract, 'support', 'cells/protocol', 'cells/conversation', 'cells/pool', 'backends/docker/daemon'],
  ],
  'backends/docker/tenant': [
    ...[...contract, 'support', 'cells/protocol', 'cells/conversation'],
    ...['backends/docker/daemon', 'backends/docker/images', 'backends/docker/cells'],
  ],
  'backends/docker': [
    ...[...contract, 'support', 'cells/pool'],
    ...['backends/docker/daemon', 'backends/docker/images', 'backends/docker/cells', 'backends/docker/tenant'],
  ],
  'backends/docker/isolate-hosts': [
    ...[...contract, 'support'],
    ...['backends/docker', 'backends/docker/daemon', 'backends/docker/images', 'backends/docker/cells'],
  ],
  tools: [...contract, 'support'],
  'self-test': contract,
  // A request becomes a job, a job becomes a result; what a session and the dispatcher do with both.
  'dispatch/request': [...contract, 'support', 'cells/conversation'],
  'dispatch/artifacts': [...contract, 'redaction', 'redaction/streams', 'support', 'cells/protocol'],
  'dispatch/hints': contract,
  'dispatch/output': [...contract, 'redaction', 'support', 'cells/protocol', 'cells/conversation'],
  'dispatch/host-functions': [...contract, 'redaction', 'support', 'cells/protocol', 'cells/conversation'],
  'dispatch/call': [
    ...[...contract, 'redaction', 'support', 'cells/protocol', 'cells/conversation'],
    ...['dispatch/request', 'dispatch/artifacts', 'dispatch/hints', 'dispatch/output', 'dispatch/host-functions'],
  ],
  'dispatch/sessions': [...contract, 'support', 'cells/conversation', 'dispatch/request', 'dispatch/call'],
  dispatch: [...contract, 'redaction', 'support', 'dispatch/request', 'dispatch/call', 'dispatch/sessions'],
  cli: ['engine.ts', 'options', ...contract, 'contract/wire', 'cli/statements'],
  'cli/statements': contract,
  options: [
    ...[...contract, 'support', 'redaction', 'egress', 'tools'],
    ...['backends/isolate', 'backends/wasm', 'backends/docker', 'backends/docker/tenant', 'dispatch/sessions'],
  ],
  'engine.ts': [
    ...['options', ...contract, 'support', 'egress', 'tools', 'self-test'],
    ...['backends/isolate', 'backends/wasm', 'backends/docker', 'backends/docker/isolate-hosts'],
    ...['dispatch', 'dispatch/request', 'dispatch/call', 'dispatch/sessions'],
  ],
  'unwrap.ts': ['contract/schema', 'contract/api'],
  'run-sandboxed.ts': ['contract/api', 'engine.ts'],
  'index.ts': [
    ...[...contract, 'contract/wire', 'support', 'tools', 'dispatch', 'options'],
    ...['engine.ts', 'run-sandboxed.ts', 'unwrap.ts'],
  ],
};

/** Libraries that only one place may touch. */
const owners: Readonly<Record<string, RegExp>> = {
  'isolated-vm': /^backends\/(isolate|wasm)\/host\//,
  dockerode: /^backends\/docker\/daemon\/(client|docker-call|progress)\.ts$/,
  commander: /^cli\//,
};

interface Import {
  readonly from: string;
  readonly to: string;
  readonly library: boolean;
  /** Loaded together with the file: neither for types only nor by `import()`. */
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
  return path in allowed || !path.includes('/') ? path : dirname(path);
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
    const loaded = new Set(
      ['main.ts', 'job/job.ts', 'channel/host-channel.ts'].map((name) => `backends/isolate/host/${name}`),
    );
    for (const file of loaded) for (const { from, to, atOnce } of imports) if (atOnce && from === file) loaded.add(to);
    expect(loaded).toContain('cells/protocol/verdict-terms.ts');
    expect([...loaded].filter((name) => !name.startsWith('node:') && !files.includes(name))).toEqual([]);
  });

  test('imports between rooms go one way', () => {
    const done = new Set<string>();
    const walk = (room: string, trail: readonly string[]): void => {
      expect(trail, `circle: ${[...trail, room].join(' → ')}`).not.toContain(room);
      if (done.has(room)) return;
      for (const other of allowed[room] ?? []) walk(other, [...trail, room]);
      done.add(room);
    };
    for (const room of Object.keys(allowed)) walk(room, []);
  });

  test('a folder has at most 20 files beside its rooms', () => {
    const folders = Map.groupBy(files, (file) => dirname(file));
    expect([...folders].filter(([, inside]) => inside.length > 20).map(([folder]) => folder)).toEqual([]);
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

  test('no file holds default exports, export *, module-level lets, or more than 400 lines', () => {
    const broken = files.filter((file) => {
      const text = readFileSync(join(source, file), 'utf8');
      return /^export (\*|default)/m.test(text) || /^(export )?(let|var) /m.test(text) || text.split('\n').length > 401;
    });
    expect(broken).toEqual([]);
  });
});
