import { expect } from 'vitest';
import type { ConformanceCase, Guest } from './case.ts';

const other: Guest = { skip: 'it is about Python' };
const onlyPython = (code: string, rest: Partial<Exclude<Guest, { skip: string }>> = {}): ConformanceCase['guests'] => ({
  javascript: other,
  bash: other,
  python: { ...rest, code },
});
const noProcesses: ConformanceCase['wasm'] = { python: { skip: 'there are no processes' } };

/** What programs in Python expect of their interpreter. */
export const pythonCases: readonly ConformanceCase[] = [
  {
    name: 'processes of Python share work, locks, queues and memory',
    guests: onlyPython(`
import multiprocessing as mp
from concurrent.futures import ProcessPoolExecutor
from multiprocessing.pool import ThreadPool
from multiprocessing.shared_memory import ShareableList, SharedMemory
def double(n): return 2 * n
with mp.Pool(2) as pool: found = [pool.map(double, [1, 2])]
with ProcessPoolExecutor(2) as pool: found.append(list(pool.map(double, [3, 4])))
with ThreadPool(2) as pool: found.append(pool.map(double, [5]))
queue, lock, total, ended = mp.Queue(), mp.Lock(), mp.Value("i", 0), mp.Event()
def add():
    with lock: total.value += 1
    queue.put(7)
workers = [mp.Process(target=add) for _ in range(3)]
for each in workers: each.start()
found.append([queue.get() for _ in workers])
for each in workers: each.join()
block, words = SharedMemory(create=True, size=4096), ShareableList(["a", 1])
def write():
    other = SharedMemory(block.name)
    other.buf[0] = 9
    other.close()
    words[1] = 2
    ended.set()
writer = mp.Process(target=write)
writer.start()
ended.wait()
writer.join()
found += [total.value, block.buf[0], list(words)]
words.shm.close()
words.shm.unlink()
block.close()
block.unlink()
found`),
    wasm: noProcesses,
    check: (result) =>
      expect(result, result.stderr).toMatchObject({
        status: 'success',
        value: [[2, 4], [6, 8], [10], [7, 7, 7], 3, 9, ['a', 2]],
        stderr: '',
      }),
  },
  {
    name: 'processes of Python that are new interpreters import the program, which is no artifact',
    request: { collect: ['**'] },
    guests: onlyPython(`
import multiprocessing as mp
def double(n): return 2 * n
if __name__ == "__main__":
    for how in ("spawn", "forkserver"):
        with mp.get_context(how).Pool(1) as pool: print(how, pool.map(double, [21]))`),
    wasm: noProcesses,
    check(result) {
      expect(result, result.stderr).toMatchObject({ status: 'success', artifacts: [], stderr: '' });
      expect(result.stdout).toBe('spawn [42]\nforkserver [42]\n');
    },
  },
  {
    name: 'shared memory counts as the files of the job do',
    request: { limits: { diskMb: 8 } },
    guests: onlyPython(`
import os
from multiprocessing.shared_memory import SharedMemory
kept = []
try:
    for _ in range(16):
        kept.append(SharedMemory(create=True, size=2**20))
        os.posix_fallocate(kept[-1]._fd, 0, 2**20)
        open(f"file{len(kept)}", "wb").write(bytes(2**18))
except OSError as error:
    print(error.strerror)
# With gVisor, /tmp is another disk of the same size.
is_one_disk = os.stat("/dev/shm").st_dev == os.stat(".").st_dev
os._exit(0 if len(kept) < (8 if is_one_disk else 9) else 1)`),
    wasm: noProcesses,
    check: (result) =>
      expect(result, result.stdout).toMatchObject({ status: 'success', stdout: 'No space left on device\n' }),
  },
  {
    name: 'a program in Python finds its own source',
    request: { collect: ['**'] },
    guests: onlyPython(`import inspect, os, sys
class Thing: pass
here = open(__file__).read().splitlines()[1]
[here, inspect.getsource(Thing), os.path.dirname(__file__), sys.argv, os.path.exists(sys.argv[0])]`),
    check: (result) =>
      expect(result).toMatchObject({
        status: 'success',
        value: ['class Thing: pass', 'class Thing: pass\n', '/workspace', ['main.py'], true],
        artifacts: [],
      }),
  },
  {
    name: 'a program in Python that does not ask for its file has none',
    guests: onlyPython('import os\nsorted(name for name in os.listdir() if name != ".tmp")'),
    check: (result) => expect(result).toMatchObject({ status: 'success', value: ['output'] }),
  },
  {
    name: 'an exception of Python without a text has its line as its message',
    guests: onlyPython('x = 1\nassert x > 2\n'),
    check: (result) =>
      expect(result.error).toMatchObject({
        name: 'AssertionError',
        message: 'AssertionError in line 2: assert x > 2',
        line: 2,
      }),
  },
  {
    name: 'warnings and lists of frames in Python name the program alone',
    guests: onlyPython(`import sys, traceback, warnings
def old(): warnings.warn("old", DeprecationWarning, stacklevel=2)
old()
warnings.warn("above all", stacklevel=2)
traceback.print_stack()
with warnings.catch_warnings(record=True) as caught:
    warnings.simplefilter("always")
    warnings.warn("far", stacklevel=9)
[each.filename for each in caught]`),
    check(result) {
      expect(result, result.stderr).toMatchObject({ status: 'success' });
      expect(result.stderr).toMatch(/^main\.py:3: DeprecationWarning: old\n/);
      expect(result.stderr).toContain('UserWarning: above all');
      expect(`${result.stderr}${JSON.stringify(result.value)}`).not.toMatch(/hotcell|harness|program\.py|guest\.py/);
    },
  },
  {
    name: 'deep structures in Python are freed, or end in a RecursionError that can be caught',
    guests: onlyPython(
      `import ast, json, pickle
class Node: pass
head = None
for _ in range(50_000):
    node = Node()
    node.next, head = head, node
node = head = None
deep, other, chain, error = [], [], (), None
for _ in range(100_000):
    deep, other, chain = [deep], [other], (chain,)
    following = ValueError()
    following.__context__, error = error, following
following = error = chain = None
caught = []
for work in (
    lambda: json.loads("[" * 100_000 + "]" * 100_000),
    lambda: json.dumps(deep),
    lambda: repr(deep),
    lambda: deep == other,
    lambda: pickle.dumps(deep),
    lambda: eval("+".join(["1"] * 100_000)),
):
    try: work()
    except RecursionError: caught.append("caught")
    else: caught.append("done")
print("freed", *caught)
left = None
for _ in range(50_000):
    node = Node()
    node.next, left = left, node
print("left")`,
      { limits: { memoryMb: 512 } },
    ),
    check(result) {
      expect(result, result.error?.message).toMatchObject({ status: 'success', stderr: '' });
      expect(result.stdout).toMatch(/^freed( caught| done){6}\nleft\n$/);
    },
  },
  {
    name: 'what JSON cannot hold makes all of a value of Python text, at any depth',
    guests: onlyPython(`
import datetime, decimal, dataclasses
@dataclasses.dataclass
class Point: x: int = 1
parts = [b"a", {1}, datetime.date(2026, 1, 2), decimal.Decimal("1.50"), Point(), float("nan"), float("-inf"), 1j, 2**53]
for part in parts: print(repr([{"deep": (part, "kept")}]))
[{"deep": (part, "kept")} for part in parts]`),
    check(result) {
      expect(result).toMatchObject({ status: 'success', valueType: 'repr' });
      expect(result.value).toBe(
        `[${result.stdout
          .trim()
          .split('\n')
          .map((line) => line.slice(1, -1))
          .join(', ')}]`,
      );
    },
  },
];
