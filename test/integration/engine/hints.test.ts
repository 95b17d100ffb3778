import { createEngine, type ExecutionRequest, type Language } from 'hotcell';
import { afterAll, describe, expect, test } from 'vitest';

/** [the mistake, the code, what its hint says, and more of the request] */
type Mistake = [what: string, code: string, hint: RegExp, request?: Partial<ExecutionRequest>];

const python: readonly Mistake[] = [
  ['a package that is not there', 'import requests', /standard library alone.*Nothing can be installed/],
  ['a package of python-data', 'import numpy as np', /Set image: 'python-data'.* to have numpy/],
  ['input() without stdin', 'name = input("Name? ")', /Pass stdin in the request/],
  [
    'asyncio.run beside await',
    'import asyncio\nasync def main(): return 1\nawait asyncio.sleep(0)\nasyncio.run(main())',
    /Write await main\(\)/,
  ],
  [
    'await in a plain function',
    'import asyncio\ndef main():\n  await asyncio.sleep(0)\nmain()',
    /Declare the function with async def/,
  ],
  ['Markdown around the code', '```python\nprint(1)\n```', /without the lines of ``` around it/],
  ['a command of a notebook', 'x = 1\n!pip install pandas', /Commands of a notebook are not Python/],
  ['pip install', 'pip install pandas', /Commands of a notebook are not Python/],
  ['print of Python 2', 'print "hello"', /This is Python 3/],
  ['a path of Windows', 'open("C:\\Users\\x")', /A backslash begins an escape/],
  ['indentation', 'def f():\nreturn 1', /four spaces/],
  ['true of JSON', '{"a": true}', /Python writes True for true/],
  ['null of JSON', '[null]', /Python writes None for null/],
  ['no import', 'json.dumps([])', /Put "import json" at the top/],
  ['no import of a name', 'd = defaultdict(list)', /Put "from collections import defaultdict"/],
  ['a program that is not there', 'import subprocess\nsubprocess.run(["git", "log"])', /has no program git/],
  ['writing elsewhere', 'open("/etc/x", "w")', /under \/workspace .* and \/tmp alone/],
  ['a file that is not there', 'open("data.csv")', /relative to \/workspace/],
  ['a full disk', 'open("x", "wb").write(bytes(8_000_000))', /together hold limits\.diskMb/, { limits: { diskMb: 4 } }],
  [
    'too many files',
    'files = [open("/dev/null") for _ in range(1000)]',
    /limits\.openFiles/,
    { limits: { openFiles: 32 } },
  ],
  [
    'too many threads',
    'import threading, time\nfor _ in range(100): threading.Thread(target=time.sleep, args=(0.5,)).start()',
    /limits\.processes/,
    { limits: { processes: 8 } },
  ],
  [
    'a host without a network',
    'from urllib.request import urlopen\nurlopen("http://example.com")',
    /The program has no network\. Name the hosts/,
  ],
  ['endless recursion', 'def f(): return f()\nf()', /1 000 deep/],
  ['bytes that are not UTF-8', 'b"\\xff".decode()', /not text in that encoding/],
  ['no value of JSON', 'import json\njson.dumps({1, 2})', /default=str/],
  ['memory', 'x = bytearray(10**10)', /raise limits\.memoryMb/],
  [
    'arguments',
    'import argparse\np = argparse.ArgumentParser()\np.add_argument("file")\np.parse_args()',
    /sys\.argv is \["main\.py"\]/,
  ],
];

const bash: readonly Mistake[] = [
  ['line ends of Windows', 'echo one\r\nfoo\r\nexit 3\r\n', /line ends of Windows \(CRLF\)/],
  ['sudo', 'sudo ls', /without further rights/],
  ['an installer', 'apt-get install -y git', /Nothing can be installed|command not found|has no/],
  ['a command that is not there', 'git status', /The image has GNU coreutils/],
  ['a host without a network', 'curl -s http://example.com || { curl -S http://example.com; exit 6; }', /no network/],
  ['writing elsewhere', 'echo x > /etc/x', /under \/workspace/],
  ['a file that may not be run', 'echo echo 1 > f.sh; ./f.sh', /bash file\.sh or chmod/],
  ['no value', 'set -u; echo "$NOPE"', /Give a default/],
  ['a quote', 'echo "one\n', /opened and not closed/],
  ['a block', 'if true; then echo 1\n', /is not closed: fi, done/],
  ['a test without quotes', 'x="a b"; [ $x = a ] || exit 2', /Put quotes around variables/],
  ['no number', 'x=a; [ "$x" -gt 1 ] || exit 2', /Arithmetic needs whole numbers/],
  ['a file that is not there', 'cat nothing.txt', /relative to \/workspace/],
  ['no JSON', 'echo "{a" | jq .', /head -c 200/],
];

for (const [language, mistakes] of [
  ['python', python],
  ['bash', bash],
] as const satisfies readonly (readonly [Language, readonly Mistake[]])[]) {
  describe(`a frequent mistake in ${language} has a hint`, () => {
    const engine = createEngine();
    afterAll(() => engine.close());
    test.concurrent.each<Mistake>(mistakes)('%s', async (_, code, hint, request) => {
      const { error } = await engine.execute({ ...request, language, code });
      expect(error?.hint, error?.message).toMatch(hint);
    });

    test.concurrent('and one of its own has none', async () => {
      const code = language === 'python' ? 'raise ValueError("mine")' : 'echo mine >&2; exit 3';
      const { error } = await engine.execute({ language, code });
      expect(error?.message).toContain('mine');
      expect(error?.hint).toBeUndefined();
    });
  });
}

test('a hint hides the secrets of the request', async () => {
  await using engine = createEngine();
  const secret = 'correct-horse-battery';
  const { error } = await engine.execute({
    language: 'python',
    code: `import subprocess, os\nsubprocess.run([os.environ["KEY"]])`,
    secrets: { KEY: secret },
  });
  expect(error?.hint).toContain('[redacted:KEY]');
  expect(JSON.stringify(error)).not.toContain(secret);
});

test('in WebAssembly, hints say what is not there', async () => {
  await using engine = createEngine();
  for (const [code, message, hint] of [
    ['import threading\nthreading.Thread(target=print).start()', /new thread/, /one thread and no processes/],
    ['import subprocess\nsubprocess.run(["ls"])', /processes/, /one thread and no processes/],
    ['from multiprocessing import Pool\nPool(2)', /_multiprocessing/, /one thread and no processes/],
    ['from zoneinfo import ZoneInfo\nZoneInfo("Europe/Berlin")', /key Europe\/Berlin: Python in WebAssembly/, /tzdata/],
    ['import time\ntime.tzset()', /tzset/, /UTC alone/],
  ] as const) {
    const { error } = await engine.execute({ language: 'python', backend: 'wasm', code });
    expect(error?.message).toMatch(message);
    expect(error?.message).not.toMatch(/pyodide/i);
    expect(error?.hint).toMatch(hint);
  }
}, 120_000);
