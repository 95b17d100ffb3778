import { type BackendName, createEngine } from 'hotcell';
import { afterAll, describe, expect, test } from 'vitest';

for (const backend of ['docker', 'wasm'] as const satisfies readonly BackendName[]) {
  describe(`programs of a session (${backend})`, () => {
    const engine = createEngine();
    afterAll(() => engine.close());
    const limits = { timeoutMs: 60_000 };

    test.concurrent('Python knows the source of classes and functions of earlier calls', async () => {
      await using session = await engine.openSession({ language: 'python', backend, limits });
      await session.execute('from dataclasses import dataclass\n\n@dataclass\nclass Point:\n    x: int');
      await session.execute('class Other: pass\ndef double(n):\n    return 2 * n');
      await session.execute('import inspect\nclass Point2(Point): y = 2');
      const found = await session.execute('[inspect.getsource(each) for each in (Point, Other, double, Point2)]');
      expect(found.value, found.stderr).toEqual([
        '@dataclass\nclass Point:\n    x: int\n',
        'class Other: pass\n',
        'def double(n):\n    return 2 * n\n',
        'class Point2(Point): y = 2\n',
      ]);
    });

    test.concurrent('Python finds the file of each call, and nobody collects it', async () => {
      await using session = await engine.openSession({ language: 'python', backend, limits });
      for (const code of [
        'first = open(__file__).read()\nfirst',
        'second = open(__file__).read()\nsecond',
        '"third"',
      ]) {
        const result = await session.execute({ code, collect: ['**'] });
        expect(result.value).toBe(code === '"third"' ? 'third' : code);
        expect(result.artifacts).toEqual([]);
      }
    });

    test.concurrent('Bash keeps the exit code of the call before', async () => {
      await using session = await engine.openSession({ language: 'bash', backend, limits });
      expect((await session.execute('echo "$?"')).stdout).toBe('0\n');
      expect(await session.execute('f() { return 3; }; f')).toMatchObject({ exitCode: 3 });
      expect((await session.execute('echo "$?"; true')).stdout).toBe('3\n');
      expect((await session.execute('echo "$?"')).stdout).toBe('0\n');
    });
  });
}

test('the exit code of the call before starts no trap of Bash', async () => {
  await using engine = createEngine();
  await using session = await engine.openSession({ language: 'bash' });
  expect(await session.execute("trap 'echo trapped' ERR; false")).toMatchObject({ exitCode: 1 });
  expect((await session.execute('echo "$?"')).stdout).toBe('1\n');
});

test('processes of Python share memory in a session, from call to call', async () => {
  await using engine = createEngine();
  await using session = await engine.openSession({ language: 'python', limits: { timeoutMs: 60_000 } });
  await session.execute('import multiprocessing as mp\ndef double(n): return 2 * n\npool = mp.Pool(2)');
  const first = await session.execute('pool.map(double, [1, 2])');
  expect(first, first.stderr).toMatchObject({ value: [2, 4] });
  expect(await session.execute('pool.map(double, [3])')).toMatchObject({ value: [6] });
});
