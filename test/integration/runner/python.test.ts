import { beforeAll, describe, expect, it } from 'vitest';
import {
  buildRunnerImages,
  type CellJob,
  type CellOutcome,
  type RunnerImages,
  runInCell,
} from '../../support/runner-driver.ts';

let images: RunnerImages;
beforeAll(async () => {
  images = await buildRunnerImages();
});

const run = (code: string, rest: Partial<CellJob> = {}): Promise<CellOutcome> =>
  runInCell(images, { language: 'python', code, ...rest });
const handle = (code: string, inputs: unknown = null): Promise<CellOutcome> => run(code, { mode: 'handler', inputs });

const nested = `x = []
for _ in range(50000): x = [x]
x`;

/** [the code, kind of the value, its text] */
const values: [code: string, kind: 'json' | 'repr' | 'none', text?: string][] = [
  ['1 + 1', 'json', '2'],
  ['"hello"', 'json', '"hello"'],
  ['x = 1\nx', 'json', '1'],
  ['x = 1', 'none'],
  ['None', 'none'],
  ['', 'none'],
  ['# nothing', 'none'],
  ['print("x")', 'none'],
  ['if True:\n  5', 'none'],
  ['[True, None, 1.5, "é😀"]', 'json', '[true, null, 1.5, "é😀"]'],
  ['(1, (2, 3))', 'json', '[1, [2, 3]]'],
  ['{"b": 1, 2: "x"}', 'json', '{"b": 1, "2": "x"}'],
  ['{1: "a", "1": "b"}', 'repr', "{1: 'a', '1': 'b'}"],
  ['{True: 1}', 'repr', '{True: 1}'],
  ['{(1, 2): 3}', 'repr', '{(1, 2): 3}'],
  ['2**53 - 1', 'json', '9007199254740991'],
  ['[2**53]', 'repr', '[9007199254740992]'],
  ['float("nan")', 'repr', 'nan'],
  ['{3}', 'repr', '{3}'],
  ['b"ab"', 'repr', "b'ab'"],
  ['from collections import Counter\nCounter("aab")', 'json', '{"a": 2, "b": 1}'],
  ['from enum import IntEnum\nclass E(IntEnum):\n  A = 1\nE.A', 'json', '1'],
  ['"\\ud800"', 'json', '"\\ud800"'],
  ['x = []\nx.append(x)\nx', 'repr', '[[...]]'],
  [nested, 'repr', '<list object whose repr() raised RecursionError>'],
  ['class X:\n  def __repr__(self): raise SystemExit(3)\nX()', 'repr', '<X object whose repr() raised SystemExit>'],
  ['import asyncio\nawait asyncio.sleep(0, 5)', 'json', '5'],
  ['async def f(): return 6\nx = await f()\nx + 1', 'json', '7'],
  ['[await f for f in []]', 'json', '[]'],
  ['from __future__ import annotations\ndef f(x: Nope): return 8\nf(1)', 'json', '8'],
  ['inputs["n"] * 2', 'json', '84'],
  ['context.id, context.env["A"]', 'json', '["job-1", "b"]'],
  [
    'import getpass, grp, os, pathlib\n[os.environ["A"], os.getcwd(), str(pathlib.Path.home()), getpass.getuser(), grp.getgrgid(os.getgid()).gr_name]',
    'json',
    '["b", "/workspace", "/workspace", "guest", "guest"]',
  ],
  ['__name__', 'json', '"__main__"'],
  ['import sys\n[sys.argv, sys.path[0], __file__]', 'json', '[["main.py"], "/workspace", "/workspace/main.py"]'],
  ['import pickle\nclass P: x = 4\npickle.loads(pickle.dumps(P())).x', 'json', '4'],
  [
    'from dataclasses import dataclass\nimport typing\n@dataclass\nclass D:\n  n: "int"\n[D(3).n, typing.get_type_hints(D)["n"].__name__]',
    'json',
    '[3, "int"]',
  ],
  ['import inspect\ndef f(): return 9\ninspect.getsource(f)', 'json', '"def f(): return 9\\n"'],
  [
    'sorted(name for name in dir() if not name.startswith("__"))',
    'json',
    '["context", "display", "hotcell", "inputs"]',
  ],
  ['import sys\n[m for m in sys.modules if m.split(".")[0] in ("runner", "python")]', 'json', '[]'],
  [
    'import subprocess, sys\nsubprocess.run([sys.executable, "-c", "print(3)"], capture_output=True, text=True).stdout',
    'json',
    '"3\\n"',
  ],
];

describe('the value of a Python script', () => {
  it.concurrent.each(values)('%j is %s', async (code, kind, text) => {
    const outcome = await run(code, { inputs: { n: 42 }, env: { A: 'b' } });
    expect(outcome.verdict).toMatchObject({ end: 'completed', value: kind });
    expect(outcome.value).toBe(text);
  });
});

describe('a Python handler', () => {
  it.concurrent('answers with what it returns, None too', async () => {
    const answers = await Promise.all([
      handle('def handler(inputs, context): return inputs["a"] + 1', { a: 2 }),
      handle('import asyncio\nasync def handler(inputs, context):\n  await asyncio.sleep(0)\n  return [inputs]', 'x'),
      handle('def handler(inputs, context): pass'),
    ]);
    expect(answers.map(({ verdict, value }) => [verdict.end, verdict.value, value])).toEqual([
      ['completed', 'json', '3'],
      ['completed', 'json', '["x"]'],
      ['completed', 'json', 'null'],
    ]);
  });
});

describe('an uncaught exception', () => {
  it.concurrent("is reported with the program's own frames, on stderr and in the verdict", async () => {
    const { verdict, stderr } = await run('def f(x):\n    return g(x)\n\ndef g(x):\n    return {}[x]\n\nf("k")\n');
    const expected = `Traceback (most recent call last):
  File "main.py", line 7, in <module>
    f("k")
    ~^^^^^
  File "main.py", line 2, in f
    return g(x)
  File "main.py", line 5, in g
    return {}[x]
           ~~^^^
KeyError: 'k'
`;
    expect(stderr).toBe(expected);
    expect(verdict.error).toEqual({ name: 'KeyError', message: "'k'", stack: expected, line: 5 });
  });

  it.concurrent('of awaited code and of a handler shows no event loop', async () => {
    const outcomes = await Promise.all([
      run('import asyncio\nasync def f():\n  await asyncio.sleep(0)\n  raise ValueError("x")\nawait f()'),
      handle('async def handler(i, c):\n  raise ValueError("x")'),
    ]);
    for (const { stderr, verdict } of outcomes) {
      expect(stderr).not.toMatch(/asyncio|hotcell/);
      expect(stderr).toMatch(/^Traceback.*\n {2}File "main.py", line \d/);
      expect(verdict.error).toMatchObject({ name: 'ValueError', message: 'x' });
    }
  });

  it.concurrent('may be as odd as it likes', async () => {
    const odd = await run('class Odd(Exception):\n  def __str__(self): raise TypeError\nraise Odd()');
    expect(odd.verdict.error).toMatchObject({ name: 'Odd', line: 3 });
    const long = await run('raise ValueError("é😀\\ud800\\0" * 100_000)');
    expect(long.verdict.end).toBe('threw');
    expect(long.verdict.error?.message.length).toBeLessThanOrEqual(65_536);
    expect(long.verdict.error?.message.isWellFormed()).toBe(true);
    const hook = await run('import sys\nsys.excepthook = lambda t, v, tb: print("hooked", v)\nraise ValueError(1)');
    expect([hook.stdout, hook.stderr]).toEqual(['hooked 1\n', '']);
  });
});

describe('a Python program', () => {
  it.concurrent('ends as in a separate interpreter', async () => {
    const { stdout, artifacts, verdict } = await run(
      `
import atexit, os, threading, time
left_open = open("output/open.txt", "w")
left_open.write("kept")
class Noisy:
    def __del__(self): print("destroyed")
noisy = Noisy()
atexit.register(print, "exit function")
threading.Thread(target=lambda: (time.sleep(0.1), print("thread"))).start()
print("main")
7`,
    );
    expect(stdout).toBe('main\nthread\nexit function\ndestroyed\n');
    expect(artifacts).toEqual({ 'output/open.txt': 'kept' });
    expect(verdict).toMatchObject({ end: 'completed', value: 'json' });
  });

  it.concurrent('reads stdin, imports its own files and lets them go before warm modules', async () => {
    const { value, stdout } = await run('import helper, statistics\nprint(input(), helper.x)\nstatistics.mine', {
      stdin: 'line\nmore',
      files: { 'helper.py': 'x = 1', 'statistics.py': 'mine = True', 'runner.py': '' },
    });
    expect([value, stdout]).toEqual(['true', 'line 1\n']);
  });

  it.concurrent('that forks answers once', async () => {
    const { value, verdict } = await run(
      'import os\npid = os.fork()\nif pid: os.waitpid(pid, 0)\n"one" if pid else "two"',
    );
    expect([verdict.end, value]).toEqual(['completed', '"one"']);
  });

  it.concurrent('has random numbers of its own', async () => {
    const draws = await Promise.all([1, 2].map(() => run('import random\nrandom.random()')));
    expect(draws[0]?.value).not.toBe(draws[1]?.value);
  });
});
