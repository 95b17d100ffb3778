import { setTimeout as sleep } from 'node:timers/promises';
import { beforeAll, describe, expect, it } from 'vitest';
import {
  buildRunnerImages,
  type CellJob,
  type CellOutcome,
  RunnerCell,
  type RunnerImages,
  runInCell,
} from '../../support/runner-driver.ts';

let images: RunnerImages;
beforeAll(async () => {
  images = await buildRunnerImages();
});

/** Modules that a bare interpreter without `site` has loaded. */
const bare = [
  ...['__main__', '_abc', '_codecs', '_frozen_importlib', '_frozen_importlib_external', '_imp', '_io', '_signal'],
  ...['_thread', '_warnings', '_weakref', 'abc', 'builtins', 'codecs', 'encodings', 'encodings.aliases'],
  ...['encodings.utf_8', 'errno', 'io', 'marshal', 'posix', 'sys', 'time', 'zipimport'],
];
/** Modules that a runner needs in addition, also for a job. All of them are small or written in C. */
const runners = [
  ...['__future__', '_collections', '_collections_abc', '_json', '_socket', '_stat', '_struct', 'fcntl', 'gc'],
  ...['genericpath', 'itertools', 'math', 'os', 'os.path', 'posixpath', 'resource', 'select', 'stat', 'struct'],
];
const pythons = ['_ast', '_sitebuiltins', 'atexit', 'site', 'types'];

/**
 * Loads the runner of a language in a separate interpreter and does `more`; prints the modules that are not hotcell's.
 */
const loading = (language: string, more: string): string => `import os, sys
sys.path.insert(0, "/opt/hotcell")
from runner.serve import create_harness
harness = create_harness("${language}")
${more}
own = ("runner", "${language}", "hotcell")
print(*(name for name in sys.modules if name.partition(".")[0] not in own))`;
const interpreter = '/usr/bin/python3 -I -S -B -X utf8 -';

/** Runs `1 + 1` as the guest does. */
const runJob = `
from python import program
from python.reply import Reply
from python.sources import Sources
from runner.protocol.job import Job
from runner.support import lean_json
limits = dict.fromkeys("timeoutMs cpuMs memoryMb processes diskMb fileMb valueKb openFiles".split(), 9)
job = dict(id="", language="python", mode="script", code="1 + 1", files=False, stdin=False, collect=[], env={}, limits=limits)
payload = lean_json.dumps(job | dict(tools=[], network=0)).encode()
read, write = os.pipe()
main = type(sys)("__main__")
main.__file__ = "/workspace/main.py"
assert program.run(Job(payload), main, Reply(write), Sources(main)) == 0
assert os.read(read, 99) == b"J" + bytes((0, 0, 0, 1)) + b"2"`;

describe('a runner that has not waited has loaded these modules of Python and no others', () => {
  it.concurrent('where it ran a Python program', async () => {
    const code = `import subprocess
subprocess.run("${interpreter}".split(), input='''${loading('python', runJob)}''', text=True, check=True)
None`;
    const { stdout, stderr } = await runInCell(images, { language: 'python', code });
    expect(stderr).toBe('');
    expect(stdout.trim().split(' ').sort()).toEqual([...bare, ...runners, ...pythons].sort());
  });

  it.concurrent('where it is to run Bash', async () => {
    const code = `${interpreter} <<'END'\n${loading('bash', '')}\nEND`;
    const { stdout, stderr } = await runInCell(images, { language: 'bash', code });
    expect(stderr).toBe('');
    expect(stdout.trim().split(' ').sort()).toEqual([...bare, ...runners].sort());
  });
});

/** Compares hotcell's JSON with Python's on random values and texts. */
const compare = `import json, random, sys
sys.path.append("/opt/hotcell")
from runner.support import lean_json

class Text(str): pass
class Number(int): pass
chance = random.Random(7)
letters = list(' aZ0"/-+.eE,:[]{}') + ["\\\\", "\\n", "\\t", "\\x00", "\\x7f", "é", "😀", "\\u2028", "\\ud800", "\\ufeff"]
def text(): return "".join(chance.choices(letters, k=chance.randrange(6)))
def value(depth):
    kinds = [None, True, False, 0, -1, 2**60, 0.1, 1e300, -0.0, Number(3), Text("x"), float("nan"), float("-inf"), b"", {1}, object]
    kind = chance.random()
    if depth and kind < 0.25: return [value(depth - 1) for _ in range(chance.randrange(4))]
    if depth and kind < 0.35: return tuple(value(depth - 1) for _ in range(chance.randrange(3)))
    if depth and kind < 0.6:
        keys = [text(), text(), 1, 2.5, None, True, (1,)]
        return {chance.choice(keys): value(depth - 1) for _ in range(chance.randrange(4))}
    return text() if kind < 0.75 else chance.choice(kinds[:11] if chance.random() < 0.95 else kinds)
def attempt(call, *arguments, **named):
    try: return repr(call(*arguments, **named))
    except (ValueError, TypeError, RecursionError) as error: return type(error).__mro__[-3 if isinstance(error, ValueError) else 0].__name__
def refuse(constant): raise ValueError(constant)
def strict(text): json.loads(text, parse_constant=refuse, parse_int=len, parse_float=len)

seen, wrong = set(), []
def same(what, ours, theirs):
    seen.add((what, theirs if theirs in ("ValueError", "TypeError", "Exception") else "value"))
    if ours != theirs: wrong.append((what, ours, theirs))
loop = []
loop.append(loop)
deep = "[" * 100_000
values = [value(4) for _ in range(3_000)] + [loop, "x", Text("é"), eval("[" * 90 + "]" * 90)]
for each in values:
    for ascii in (True, False):
        same("dumps", attempt(lean_json.dumps, each, ensure_ascii=ascii), attempt(json.dumps, each, ensure_ascii=ascii, allow_nan=False))
texts = [deep, "", " ", "NaN", "[Infinity]", "-Infinity", "1 2", '"\\\\ud800"', '"\\n"', "1" * 5_000]
for each in values:
    try: written = json.dumps(each, ensure_ascii=chance.random() < 0.5)
    except (TypeError, ValueError): continue
    cut = chance.randrange(len(written) + 1)
    texts += [written, chance.choice(" \\n\\t\\r") + written + " \\n", written[:cut] + chance.choice(letters) + written[cut + chance.randrange(2):]]
for each in texts:
    theirs = attempt(json.loads, each)
    # A runner that has not waited has never imported it.
    decoder = sys.modules.pop("json.decoder") if chance.random() < 0.5 else json.decoder
    ours = attempt(lean_json.loads, each)
    sys.modules["json.decoder"] = decoder
    same("loads", ours, theirs)
    same("check", attempt(lean_json.check, each), attempt(strict, each))
    same("bytes", attempt(lean_json.loads, each.encode("utf-8", "surrogatepass")), attempt(json.loads, each))
[wrong[:5], len(texts) > 5_000, sorted(map(list, seen))]`;

it.concurrent('JSON of our own is what Python makes of it', async () => {
  const { value, stderr } = await runInCell(images, { language: 'python', code: compare });
  expect(stderr).toBe('');
  const [wrong, many, seen] = JSON.parse(value ?? '');
  expect(wrong).toEqual([]);
  expect(many).toBe(true);
  expect(seen).toEqual(
    expect.arrayContaining([
      ['bytes', 'value'],
      ['check', 'value'],
      ['dumps', 'value'],
      ['loads', 'value'],
    ]),
  );
  expect(seen.length).toBeGreaterThan(7);
});

it.concurrent('text that is not JSON is not a value, in a runner that never imported the exception that Python raises for it', async () => {
  const code = 'printf "{answer" >"$HOTCELL_VALUE"';
  const { verdict, value } = await runInCell(images, { language: 'bash', code });
  expect(verdict).toMatchObject({ end: 'completed', value: 'repr' });
  expect(value).toBe('{answer');
});

const showsLines = `import inspect, traceback, warnings
def nine(): return 9
print(inspect.getsource(nine), end="")
try:
    1 / 0
except ZeroDivisionError:
    traceback.print_exc()
warnings.warn("so")
import re, signal, socket, linecache, json
print(re.sub("a", "b", "a"), signal.SIGINT.name, socket.AF_INET.name, json.dumps([1]), linecache.getline("main.py", 2), end="")
nine(8)`;

const usesUp = `import os
held = []
while True: held.append(os.open("/dev/null", os.O_RDONLY))`;

describe.each([
  ['never waited', 0],
  ['waited', 800],
])('a program in a cell that %s', (_, waitMs) => {
  const run = async (job: Partial<CellJob> & { readonly code: string }): Promise<CellOutcome> => {
    await using cell = new RunnerCell(images, 'python', job.limits);
    if (waitMs > 0) {
      await cell.ready;
      await sleep(waitMs);
    }
    await cell.sendJob({ language: 'python', ...job });
    return await cell.outcome();
  };

  it.concurrent('finds its lines wherever Python shows them', async () => {
    const { stdout, stderr, verdict } = await run({ code: showsLines });
    const line = 'def nine(): return 9\n';
    expect(stdout).toBe(`${line}b SIGINT AF_INET [1] ${line}`);
    expect(stderr).toContain('File "main.py", line 5, in <module>\n    1 / 0\n');
    expect(stderr).toContain('main.py:8: UserWarning: so\n  warnings.warn("so")\n');
    expect(stderr).toContain('File "main.py", line 11, in <module>\n    nine(8)\n');
    expect(stderr).not.toContain('/opt/hotcell');
    expect(verdict).toMatchObject({ end: 'threw', error: { name: 'TypeError', line: 11 } });
  });

  it.concurrent('may have files with the names of what a traceback takes', async () => {
    const names = ['traceback', 'linecache', 'tokenize', 'token', 're', 'enum', 'json', 'contextlib', 'textwrap'];
    const files = Object.fromEntries(names.map((name) => [`${name}.py`, 'own = 5']));
    const code = `import token, traceback, linecache
print(token.own + traceback.own + linecache.own)
1 / 0`;
    const { stdout, stderr, verdict } = await run({ code, files });
    expect(stdout).toBe('15\n');
    expect(stderr).toBe(
      'Traceback (most recent call last):\n  File "main.py", line 3, in <module>\n    1 / 0\nZeroDivisionError: division by zero\n',
    );
    expect(verdict).toMatchObject({ end: 'threw', error: { stack: stderr, line: 3 } });
  });

  it.concurrent('is reported, at worst without its lines, after it has used up its descriptors', async () => {
    const { stderr, verdict } = await run({ code: usesUp, limits: { openFiles: 32 } });
    expect(stderr).toMatch(/^Traceback \(most recent call last\):\n {2}File "main.py", line 3, in <module>\n/);
    expect(stderr).toMatch(/\nOSError: \[Errno 24\] Too many open files: '\/dev\/null'\n$/);
    expect(verdict).toMatchObject({ end: 'threw', error: { name: 'OSError', stack: stderr, line: 3 } });
  });
});
