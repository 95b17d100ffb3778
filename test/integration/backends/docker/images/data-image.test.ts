import { createEngine, type ExecutionRequest } from 'hotcell';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { connectDocker } from '../../../../../src/backends/docker/daemon/client.ts';
import { findEngine } from '../../../../../src/backends/docker/daemon/find-engine.ts';
import { readRecipe } from '../../../../../src/backends/docker/images/image-recipe.ts';

const base = process.env.HOTCELL_BASE === 'bootstrap' ? undefined : process.env.HOTCELL_BASE;
const { tag } = await readRecipe('python-data', base || undefined);
const client = connectDocker({ address: (await findEngine()).address });
/** Building the image takes one to four minutes. */
const isBuilt = (await client.imageDigest(tag)) !== undefined;
client.close();

const request = { language: 'python', image: 'python-data', limits: { timeoutMs: 60_000 } } as const;

test('the image is for Python in containers alone', async () => {
  await using engine = createEngine();
  const refusals: [ExecutionRequest, string][] = [
    [{ ...request, language: 'bash', code: '' }, 'image: is only for Python'],
    [{ ...request, backend: 'wasm', code: '' }, 'image: needs the backend docker'],
    [{ ...request, image: 'debian' as never, code: '' }, 'image: '],
  ];
  for (const [refused, reason] of refusals) {
    const { error } = await engine.execute(refused);
    expect([error?.code, error?.message]).toEqual(['INVALID_REQUEST', expect.stringContaining(reason)]);
  }
});

test.skipIf(isBuilt)('where it is not built, a call is refused with what to do', async () => {
  await using engine = createEngine();
  expect((await engine.execute({ ...request, code: '1' })).error).toMatchObject({
    code: 'BACKEND_UNAVAILABLE',
    message: expect.stringContaining('hotcell setup --data'),
    ran: 'no',
  });
});

describe.skipIf(!isBuilt).each(['fresh', 'tenant'] as const)(
  `${tag}, ${isBuilt ? '' : 'which is not built, '}%s`,
  (isolation) => {
    const engine = createEngine();
    beforeAll(() => engine.warm({ ...request, isolation, count: 1 }));
    afterAll(() => engine.close());
    const run = (code: string) => engine.execute({ ...request, isolation, code });

    test('all its libraries are there', async () => {
      const names = [
        'numpy',
        'pandas',
        'matplotlib',
        'scipy.stats',
        'sympy',
        'sklearn.linear_model',
        'PIL',
        'openpyxl',
      ];
      const result = await run(`import ${names.join(', ')}\nlen(dir(sklearn.linear_model)) > 10`);
      expect(result).toMatchObject({ status: 'success', value: true, stderr: '' });
    });

    test('no two calls draw the same random numbers, by whatever generator', async () => {
      const code = `import random, secrets
import numpy as np
from numpy.random import RandomState, default_rng
[np.random.rand(), np.random.random(), np.random.randint(1 << 62) / 2**62, default_rng().random(), RandomState().rand(), random.random(), secrets.randbits(60) / 2**60]`;
      const drawn = await Promise.all([1, 2, 3].map(() => run(code)));
      const numbers = drawn.map(({ value, error }) => (value as number[] | undefined) ?? [error?.message]);
      expect(numbers.map(({ length }) => length)).toEqual([7, 7, 7]);
      // Nor does one generator repeat what another said.
      expect(new Set(numbers.flat()).size).toBe(21);
    });

    test('a DataFrame as the last expression is shown as JSON and as text', async () => {
      const { displays, stderr } = await run(`import pandas as pd
pd.DataFrame({"a": [1, None], "t": pd.to_datetime(["2026-01-02", None])}, index=["x", "y"])`);
      expect(stderr).toBe('');
      const [json, text] = displays;
      expect([displays.length, json?.mediaType, text?.mediaType]).toEqual([
        2,
        'application/vnd.hotcell.table+json',
        'text/plain',
      ]);
      expect(JSON.parse(String(json?.data))).toEqual({
        rows: 2,
        columns: ['a', 't'],
        index: ['x', 'y'],
        data: [
          [1, '2026-01-02T00:00:00.000'],
          [null, null],
        ],
      });
      expect(text?.data).toContain('2026-01-02');
    });

    test('a long table is cut, and says how long it was', async () => {
      const { displays } = await run(
        'import pandas as pd\ndisplay(pd.DataFrame({n: range(5_000) for n in range(300)}))',
      );
      const table = JSON.parse(String(displays[0]?.data)) as { rows: number; columns: unknown[]; data: unknown[][] };
      expect([table.rows, table.columns.length, table.data.length, table.data[0]?.length]).toEqual([
        5_000, 200, 1_000, 200,
      ]);
    });

    test('open figures are collected, once, as PNG, or as SVG on request', async () => {
      const figures = await run(`import matplotlib.pyplot as plt
first, second = plt.figure(), plt.figure()
first.gca().plot([1, 2]); second.gca().set_title("é 図")
display(second)
display(second, media_type="image/svg+xml")
plt.show()
second`);
      expect(figures.stderr).not.toContain('could not be shown');
      expect(figures.displays.map(({ mediaType }) => mediaType)).toEqual([
        'image/png',
        'image/svg+xml',
        'image/png',
        'image/png',
      ]);
      const svg = await run(
        'import matplotlib.pyplot as plt\nplt.rcParams["savefig.format"] = "svg"\nplt.plot([1])\n1',
      );
      expect(svg.displays).toMatchObject([{ mediaType: 'image/svg+xml', data: expect.stringContaining('</svg>') }]);
    });

    test('each plt.show() shows the figures that are open, and what follows draws new ones', async () => {
      const { displays, stderr } = await run(`import matplotlib.pyplot as plt
from matplotlib.pyplot import show
plt.plot([1, 2]); plt.show()
plt.plot([3, 1]); show(block=False)
plt.figure(); plt.figure(); plt.show()
plt.show()
len(plt.get_fignums())`);
      expect(stderr).toBe('');
      expect(displays.map(({ mediaType }) => mediaType)).toEqual(Array(4).fill('image/png'));
      const [first, second] = displays.map(({ data }) => Buffer.from(data as Uint8Array).toString('base64'));
      expect(first).not.toBe(second);
    });

    test.each([
      ['np.int64(3), np.float32(0.5), np.bool_(True), np.uint8(7)', 'json', [3, 0.5, true, 7]],
      ['pd.DataFrame({"a": [1, 2]})["a"].sum()', 'json', 3],
      ['pd.DataFrame({"a": [1, 2]})["a"].mean()', 'json', 1.5],
      ['dict(pd.Series([1, 1, 2]).value_counts())', 'json', { 1: 2, 2: 1 }],
      ['pd.Series(["a", "a"]).value_counts().to_dict()', 'json', { a: 2 }],
      [
        '{"deep": [np.array([[1, 2], [3, 4]]), np.arange(2.0)]}',
        'json',
        {
          deep: [
            [
              [1, 2],
              [3, 4],
            ],
            [0, 1],
          ],
        },
      ],
      ['np.array(5)', 'json', 5],
      ['np.int64(2**53)', 'repr', 'np.int64(9007199254740992)'],
      ['[np.array([2**60])]', 'repr', '[array([1152921504606846976])]'],
      ['np.array([1.0, np.nan])', 'repr', 'array([ 1., nan])'],
      ['{"a": np.float64("inf")}', 'repr', "{'a': np.float64(inf)}"],
      ['np.array([1 + 2j])', 'repr', 'array([1.+2.j])'],
      ['np.datetime64("2026-01-02")', 'repr', "np.datetime64('2026-01-02')"],
      ['[pd.Timestamp("2026-01-02")]', 'repr', "[Timestamp('2026-01-02 00:00:00')]"],
      ['np.ma.array([1, 2], mask=[0, 1])', 'repr', expect.stringContaining('mask=[False,  True]')],
      ['np.longdouble(1) / 3', 'repr', expect.stringContaining('np.longdouble(')],
      ['np.zeros(2_000_000)', 'repr', expect.stringContaining('...')],
    ] as const)('the value of %s is %s', async (code, valueType, value) => {
      const result = await run(`import numpy as np, pandas as pd\n${code}`);
      expect(result, result.stderr).toMatchObject({ status: 'success', valueType, value });
    });

    test('what is infinite in a table is told from what is missing', async () => {
      const { displays } = await run(
        'import pandas as pd\npd.DataFrame({"a": [1, float("inf"), float("-inf"), None]})',
      );
      expect(JSON.parse(String(displays[0]?.data))).toMatchObject({ data: [[1], ['inf'], ['-inf'], [null]] });
    });

    test('a figure that cannot be drawn is said on stderr, and fails nothing', async () => {
      const result = await run(`import matplotlib.pyplot as plt
plt.figure().savefig = lambda *_, **__: 1 / 0
type(plt.gcf()).savefig = lambda *_, **__: 1 / 0
7`);
      expect(result).toMatchObject({
        status: 'success',
        value: 7,
        displays: [],
        stderr: expect.stringContaining('ZeroDivision'),
      });
    });

    test('images and expressions are shown in their own forms', async () => {
      const { displays } = await run(`from PIL import Image
import sympy
display(Image.new("RGB", (4, 4), "red"))
display(Image.new("L", (4, 4)), media_type="image/jpeg")
sympy.sqrt(2) / sympy.Symbol("x")`);
      expect(displays.map(({ group, mediaType }) => [group, mediaType])).toEqual([
        [1, 'image/png'],
        [1, 'text/plain'],
        [2, 'image/jpeg'],
        [3, 'text/latex'],
        [3, 'text/plain'],
      ]);
    });

    test('a table that is large for its memory ends as any guest does, and the libraries leave it its memory', async () => {
      const fits = { ...request, isolation, limits: { ...request.limits, memoryMb: 128 } };
      const code = (mb: number): string => `import numpy as np\nint(np.ones(${mb} * 131_072).sum()) // 131_072`;
      expect(await engine.execute({ ...fits, code: code(80) })).toMatchObject({ status: 'success', value: 80 });
      expect((await engine.execute({ ...fits, code: code(400) })).error?.code).toBe('MEMORY_LIMIT');
    });

    test('nothing of the image’s own is in the guest’s modules, and no thread but its own', async () => {
      const code = `import os, sys
[[name for name in sys.modules if name.startswith(("python_data", "runner", "python."))], len(os.listdir("/proc/self/task"))]`;
      expect((await run(code)).value).toEqual([[], 1]);
    });
  },
);
