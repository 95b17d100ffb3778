/** Calls of a session take files as streams and hand artifacts to sinks like other calls, and the session continues. */
import { Writable } from 'node:stream';
import { createEngine, type Language } from 'hotcell';
import { afterAll, expect, test } from 'vitest';

const engine = createEngine();
afterAll(() => engine.close());

/** Writes a file of 3 MB, which exceeds the window of artifacts, and prints the end of a file from the request. */
const guests = {
  javascript: {
    write: (name: string) => `context.files.write("output/${name}", "x".repeat(3_000_000))`,
    read: 'console.log(context.files.read("long.txt").slice(-3))',
  },
  python: {
    write: (name: string) =>
      `import os; os.makedirs("output", exist_ok=True); open("output/${name}", "w").write("x" * 3_000_000)`,
    read: 'print(open("long.txt").read()[-3:])',
  },
  bash: {
    write: (name: string) => `mkdir -p output; printf '%3000000s' x > output/${name}`,
    read: 'tail -c 3 long.txt; echo',
  },
} as const satisfies Partial<Record<Language, unknown>>;

test.each([
  ['javascript', 'isolate'],
  ['python', 'docker'],
  ['bash', 'docker'],
  ['python', 'wasm'],
  ['bash', 'wasm'],
] as const)('in %s (%s)', async (language, backend) => {
  const { write, read } = guests[language];
  await using session = await engine.openSession({ language, backend });
  const artifactSink = (): Writable => new Writable({ write: (_chunk, _encoding, done) => void setImmediate(done) });
  for (const name of ['a', 'b']) {
    expect(await session.execute({ code: write(name), artifactSink })).toMatchObject({
      status: 'success',
      session: { state: 'kept' },
      deliveredArtifacts: [{ path: `output/${name}`, bytes: 3_000_000 }],
      lostArtifacts: [],
    });
  }
  const failing = async function* (): AsyncGenerator<string> {
    yield 'a';
    throw new Error('the source is gone');
  };
  expect(await session.execute({ code: read, files: { 'long.txt': failing() } })).toMatchObject({
    status: 'validation_error',
    error: { ran: 'no' },
    session: { state: 'kept' },
  });
  const whole = async function* (): AsyncGenerator<string> {
    yield 'a'.repeat(200_000);
    yield 'end';
  };
  expect(await session.execute({ code: read, files: { 'long.txt': whole() } })).toMatchObject({
    status: 'success',
    stdout: 'end\n',
    session: { state: 'kept' },
  });
});
