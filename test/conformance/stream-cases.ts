import { createHash } from 'node:crypto';
import { Writable } from 'node:stream';
import type { ArtifactPreview, ExecutionRequest } from 'hotcell';
import { expect } from 'vitest';
import type { ConformanceCase } from './case.ts';

type RequestFiles = NonNullable<ExecutionRequest['files']>;

/** A stream that can be read again, because a case runs in many places. */
function stream(...pieces: readonly (string | Uint8Array)[]): AsyncIterable<string | Uint8Array> {
  return {
    async *[Symbol.asyncIterator]() {
      yield* pieces;
    },
  };
}

const line = 'a line of a file that comes in pieces\n';
const files: RequestFiles = {
  'data/lines.txt': stream('first\n', line.repeat(10_000), Buffer.from('last\n')),
  'known.txt': 'known',
  'empty.txt': stream(),
};
const secret = 'tomato-soup-77';
/** About 3 MB, so large that the cell has to wait for the sink. */
const large = `${'0123456789abcde\n'.repeat(200_000)}${secret}\n`;
const clean = large.replace(secret, '[redacted:KEY]');

const sink = ({ bytes }: ArtifactPreview): Writable | undefined =>
  bytes < 100 ? undefined : new Writable({ write: (_chunk, _encoding, done) => void setImmediate(done) });

/** Files from streams, and artifacts to streams. */
export const streamCases: readonly ConformanceCase[] = [
  {
    name: 'files arrive as streams of any length',
    request: { files },
    guests: {
      javascript: {
        code: [
          'const lines = context.files.read("data/lines.txt").trim().split("\\n");',
          '[lines.length, lines[0], lines.at(-1), context.files.read("known.txt"), context.files.read("empty.txt")]',
        ].join('\n'),
      },
      python: {
        code: [
          'lines = open("data/lines.txt").read().splitlines()',
          '[len(lines), lines[0], lines[-1], open("known.txt").read(), open("empty.txt").read()]',
        ].join('\n'),
      },
      bash: {
        code: [
          'read -r first < data/lines.txt; last=$(tail -n 1 data/lines.txt); count=$(wc -l < data/lines.txt)',
          'printf \'[%d,"%s","%s","%s","%s"]\' $count $first $last "$(cat known.txt)" "$(cat empty.txt)" > "$HOTCELL_VALUE"',
        ].join('\n'),
      },
    },
    check: (result) =>
      expect(result).toMatchObject({ status: 'success', value: [10_002, 'first', 'last', 'known', ''] }),
  },
  {
    name: 'a failed stream of a file refuses the call before it runs',
    request: {
      files: {
        'a.txt': {
          async *[Symbol.asyncIterator]() {
            yield 'a';
            throw new Error('the source is gone');
          },
        },
      },
    },
    guests: {
      javascript: { code: 'console.log("ran")' },
      python: { code: 'print("ran")' },
      bash: { code: 'echo ran' },
    },
    check(result) {
      expect(result).toMatchObject({
        status: 'validation_error',
        stdout: '',
        error: { code: 'INVALID_REQUEST', ran: 'no', message: expect.stringContaining('the source is gone') as string },
      });
    },
  },
  {
    name: 'artifacts go to the sink, redacted; those that it declines stay in the result',
    request: { artifactSink: sink, secrets: { KEY: secret } },
    guests: {
      javascript: {
        code: [
          'const { KEY } = context.env;',
          'context.files.write("output/large.txt", "0123456789abcde\\n".repeat(200000) + `${KEY}\\n`);',
          'context.files.write("output/small.txt", `small ${KEY}`);',
        ].join('\n'),
      },
      python: {
        code: [
          'import os',
          'open("output/large.txt", "w").write("0123456789abcde\\n" * 200_000 + os.environ["KEY"] + "\\n")',
          'open("output/small.txt", "w").write("small " + os.environ["KEY"])',
        ].join('\n'),
      },
      bash: {
        code: [
          'yes 0123456789abcde | head -n 200000 > output/large.txt; echo "$KEY" >> output/large.txt',
          'printf "small %s" "$KEY" > output/small.txt',
        ].join('\n'),
      },
    },
    wasm: { bash: { skip: 'there is no yes, and 200 000 lines take too long' } },
    check(result) {
      expect(result).toMatchObject({ status: 'success', lostArtifacts: [], truncated: { artifacts: 0 } });
      const sha256 = createHash('sha256').update(clean).digest('hex');
      expect(result.deliveredArtifacts).toEqual([
        { path: 'output/large.txt', mediaType: 'text/plain', bytes: clean.length, sha256 },
      ]);
      expect(result.artifacts).toMatchObject([{ path: 'output/small.txt', mediaType: 'text/plain' }]);
      expect(Buffer.from(result.artifacts[0]?.content ?? []).toString()).toBe('small [redacted:KEY]');
    },
  },
  {
    name: 'a sink that fails loses its file and nothing else',
    request: {
      artifactSink: ({ path }) => {
        if (path.includes('bad')) throw new Error('no room');
        return new Writable({ write: (_chunk, _encoding, done) => done() });
      },
    },
    guests: {
      javascript: {
        code: 'for (const name of ["a", "bad", "c"]) context.files.write(`output/${name}`, name);\n"value"',
      },
      python: {
        code: 'import os\nfor name in ("a", "bad", "c"): open("output/" + name, "w").write(name)\n"value"',
      },
      bash: {
        code: 'for n in a bad c; do echo $n > output/$n; done; echo \'"value"\' > "$HOTCELL_VALUE"',
      },
    },
    check(result) {
      expect(result).toMatchObject({
        status: 'success',
        value: 'value',
        artifacts: [],
        deliveredArtifacts: [{ path: 'output/a' }, { path: 'output/c' }],
        lostArtifacts: [{ path: 'output/bad', reason: 'The sink failed: no room' }],
        truncated: { artifacts: 1 },
      });
    },
  },
];
