/** The data of one job is not in the memory that the next job of the same tenant can read, in fresh cells. */
import { createEngine, type Engine, type ExecutionRequest, type ExecutionResult, type Language } from 'hotcell';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { z } from 'zod';
import {
  disguise,
  type Markers,
  makeMarkers,
  markerPlaces,
  searchBash,
  searchContainer,
  searchRealm,
  searchWebAssembly,
  showAll,
} from './memory-search.ts';

interface Home {
  readonly title: string;
  readonly language: Language;
  readonly backend: 'isolate' | 'wasm' | 'docker';
  /** Code that leaves markers in every place. */
  readonly leave: (markers: Markers) => string;
  readonly search: string;
  /** The markers that the search found, disguised or plain; throws if it did not search. */
  readonly found: (result: ExecutionResult, markers: readonly Markers[]) => readonly string[];
}

const leaveJavaScript = ({ code, output, value, artifact }: Markers): string => `
const kept = '${code}';
const all = [kept, context.stdin, JSON.stringify(inputs), context.env.MARKER, context.env.SECRET, context.files.read('given.txt')];
const buffers = [];
for (let round = 0; round < 40; round += 1) {
  for (const text of all) buffers.push(new TextEncoder().encode(text.repeat(50)), new Uint16Array(Array.from(text.repeat(9), (c) => c.charCodeAt(0))));
}
globalThis.left = all;
Array.prototype.left = all;
console.log('${output}');
console.error(await tools.tell({ what: 'x' }));
context.files.write('output/artifact.txt', '${artifact}');
'${value}'`;
const leavePython = ({ code, output, value, artifact }: Markers): string => `
import os, sys
kept = ['${code}', sys.stdin.read(), str(inputs), os.environ['MARKER'], os.environ['SECRET'], open('given.txt').read(), str(tools.tell(what='x'))]
copies = [(text + str(n)).encode() * 20 for text in kept for n in range(40)]
os.makedirs('output', exist_ok=True)
open('output/artifact.txt', 'w').write('${artifact}' * 100)
open('/tmp/left.txt', 'w').write(str(kept))
print('${output}', kept[-1])
'${value}'`;
const leaveBash = ({ code, output, value, artifact }: Markers): string => `
kept='${code}'
read -r given; cat given.txt > /tmp/left.txt
export LEFT="$kept $given $MARKER $SECRET $(cat "$HOTCELL_INPUTS") $(tool tell '{"what":"x"}')"
mkdir -p output; echo '${artifact}' > output/artifact.txt
echo '${output}' "$LEFT"
echo '"${value}"' > "$HOTCELL_VALUE"`;

interface Found {
  readonly found: readonly string[];
  readonly mostBytes?: number;
}
const foundInValue =
  (leastBytes: number) =>
  (result: ExecutionResult): readonly string[] => {
    expect(result.error).toBeUndefined();
    const { found, mostBytes = 0 } = result.value as unknown as Found;
    expect(mostBytes).toBeGreaterThanOrEqual(leastBytes);
    return found;
  };
const realmProgram = `({ found: (${searchRealm})(inputs.disguised, [context]) })`;

const homes: readonly Home[] = [
  ...(['javascript', 'typescript'] as const).map(
    (language): Home => ({
      title: `${language} in an isolate`,
      language,
      backend: 'isolate',
      leave: leaveJavaScript,
      search: realmProgram.replace(
        '(disguised, starts)',
        language === 'typescript' ? '(disguised: any, starts: any)' : '(disguised, starts)',
      ),
      found: foundInValue(0),
    }),
  ),
  {
    title: 'Python in WebAssembly',
    language: 'python',
    backend: 'wasm',
    leave: leavePython,
    search: searchWebAssembly,
    found: foundInValue(16_000_000),
  },
  {
    title: 'Bash in WebAssembly',
    language: 'bash',
    backend: 'wasm',
    leave: leaveBash,
    search: showAll,
    found: ({ stdout, stderr }, all) =>
      all.flatMap((markers) => markerPlaces.filter((place) => `${stdout}${stderr}`.includes(markers[place]))),
  },
  {
    title: 'Python in a container',
    language: 'python',
    backend: 'docker',
    leave: leavePython,
    search: searchContainer,
    found: foundInValue(10_000_000),
  },
  {
    title: 'Bash in a container',
    language: 'bash',
    backend: 'docker',
    leave: leaveBash,
    search: searchBash,
    found({ stdout, stderr }) {
      expect(stdout + stderr).toMatch(/^searched$/m);
      return stdout.split('\n').filter((line) => line.startsWith('found'));
    },
  },
];

/** Rounds of the first job, so that memory is reused. */
const rounds = 3;

const requestOf = (markers: Markers): Partial<ExecutionRequest> => ({
  env: { MARKER: markers.env },
  secrets: { SECRET: markers.secret },
  files: { 'given.txt': markers.file.repeat(40) },
  stdin: `${markers.stdin}\n`,
  inputs: { given: markers.inputs },
  collect: ['output/**'],
  tools: {
    tell: {
      description: 'Tells a word.',
      input: z.object({ what: z.string() }),
      output: z.string(),
      run: () => markers.answer,
    },
  },
});

describe.each(homes)('$title', ({ language, backend, leave, search, found }) => {
  let engine: Engine;
  beforeAll(() => {
    engine = createEngine();
  });
  afterAll(() => engine.close());

  const limits = { timeoutMs: 50_000, memoryMb: 512, outputKb: 4_096 };
  const sought = (all: readonly Markers[]): { disguised: readonly string[] } => ({
    disguised: all.flatMap((markers) => Object.values<string>(markers).map(disguise)),
  });

  test('a job finds nothing of the jobs before it', { timeout: 300_000 }, async () => {
    const all = Array.from({ length: rounds }, makeMarkers);
    for (const markers of all) {
      const result = await engine.execute({ language, backend, code: leave(markers), limits, ...requestOf(markers) });
      expect(result, result.stderr).toMatchObject({ status: 'success', value: markers.value });
      expect(result.stdout + result.stderr).toContain(markers.answer);
      expect(Buffer.from(result.artifacts[0]?.content ?? []).toString()).toContain(markers.artifact);
    }
    const result = await engine.execute({ language, backend, code: search, inputs: sought(all), limits });
    expect([result.error?.message, found(result, all)]).toEqual([undefined, []]);
  });

  test('a session finds nothing of the session before it', { timeout: 300_000 }, async () => {
    const all = [makeMarkers()];
    const [markers = makeMarkers()] = all;
    const { env, secrets, tools, ...call } = requestOf(markers);
    const first = await engine.openSession({ language, backend, limits, env, secrets, tools });
    const left = await first.execute({ code: leave(markers), ...call });
    expect(left, left.stderr).toMatchObject({ status: 'success', value: markers.value });
    await first.close();
    const second = await engine.openSession({ language, backend, limits });
    const result = await second.execute({ code: search, inputs: sought(all) });
    await second.close();
    expect([result.error?.message, found(result, all)]).toEqual([undefined, []]);
  });

  test('what is there is found', { timeout: 300_000 }, async () => {
    const all = [makeMarkers()];
    const env = { OWN: all[0]?.env ?? '' };
    const result = await engine.execute({ language, backend, code: search, inputs: sought(all), env, limits });
    expect(result.error).toBeUndefined();
    expect(found(result, all)).not.toEqual([]);
  });
});
