/** The workloads: the same algorithm in every language, with the answer that proves that it ran. */

/** One piece of work. Each program defines `job(inputs)`; the contestant adds the call. */
export interface Workload {
  readonly name: string;
  readonly title: string;
  readonly javascript?: string;
  readonly python?: string;
  /** A complete program; its output is the answer. */
  readonly bash?: string;
  readonly inputs: unknown;
  /** Text files in the guest's folder before it starts. */
  readonly files: Readonly<Record<string, string>>;
  readonly expected: Expected;
}

/** The expected answer. */
export interface Expected {
  readonly value?: unknown;
  readonly outputBytes?: number;
  readonly files?: number;
}

/** The answer of code whose library is missing. */
export const absent = 'absent';

const none = { inputs: null, files: {} };
const sizes: Readonly<Record<string, number>> = {
  '1kb': 1_000,
  '10kb': 10_000,
  '100kb': 100_000,
  '1mb': 1_000_000,
  '10mb': 10_000_000,
};

const fixed: Readonly<Record<string, Omit<Workload, 'name'>>> = {
  nothing: {
    title: 'nothing: 1 + 1',
    javascript: 'function job() { return 1 + 1; }',
    python: 'def job(inputs):\n    return 1 + 1\n',
    bash: 'echo $((1 + 1))',
    ...none,
    expected: { value: 2 },
  },
  work: {
    title: 'about 1 ms of work in a warm V8 or CPython',
    javascript: looped(200_000),
    python:
      'def job(inputs):\n    total = 0\n    for n in range(15000):\n        total += n & 7\n    return total / 15000\n',
    ...none,
    expected: { value: 3.5 },
  },
  compute: {
    title: 'compute: count the primes below 200 000 with a sieve',
    javascript: [
      'function job() {',
      '  const size = 200000, sieve = new Uint8Array(size);',
      '  let count = 0;',
      '  for (let n = 2; n < size; n += 1) {',
      '    if (sieve[n]) continue;',
      '    count += 1;',
      '    for (let m = n * n; m < size; m += n) sieve[m] = 1;',
      '  }',
      '  return count;',
      '}',
    ].join('\n'),
    python: [
      'def job(inputs):',
      '    size = 200000',
      '    sieve = bytearray(size)',
      '    count = 0',
      '    for n in range(2, size):',
      '        if sieve[n]:',
      '            continue',
      '        count += 1',
      '        for m in range(n * n, size, n):',
      '            sieve[m] = 1',
      '    return count\n',
    ].join('\n'),
    ...none,
    expected: { value: 17_984 },
  },
  'files-20': {
    title: '20 files of 10 KB in and out',
    python: [
      'import os',
      'def job(inputs):',
      '    os.makedirs("output", exist_ok=True)',
      '    for name in os.listdir("in"):',
      '        with open("in/" + name) as source, open("output/" + name, "w") as target:',
      '            target.write(source.read().upper())',
      '    return len(os.listdir("output"))\n',
    ].join('\n'),
    inputs: null,
    files: Object.fromEntries(Array.from({ length: 20 }, (_, index) => [`in/${index}.txt`, textOf(10_000)])),
    expected: { value: 20, files: 20 },
  },
  imports: {
    title: 'import json, re, datetime',
    python: 'def job(inputs):\n    import json, re, datetime\n    return len(json.dumps(re.findall("b", "abc")))\n',
    ...none,
    expected: { value: 5 },
  },
  numpy: {
    title: 'import numpy',
    python: `def job(inputs):\n    try:\n        import numpy\n    except ImportError:\n        return "${absent}"\n    return int(numpy.arange(10).sum())\n`,
    ...none,
    expected: { value: 45 },
  },
};

/**
 * A workload by its name: one of the fixed ones, `data-SIZE` (a text in and out) or `output-SIZE` (text written).
 * @throws {Error} if the name is unknown
 */
export function workloadOf(name: string): Workload {
  const [kind = '', size = ''] = name.split('-');
  const bytes = sizes[size];
  if (kind === 'data' && bytes !== undefined) return { name, ...data(size, bytes) };
  if (kind === 'output' && bytes !== undefined) return { name, ...output(size, bytes) };
  const workload = fixed[name];
  if (workload === undefined) throw new Error(`There is no workload ${name}.`);
  return { name, ...workload };
}

function data(size: string, bytes: number): Omit<Workload, 'name'> {
  const text = textOf(bytes);
  return {
    title: `${size.toUpperCase()} of JSON in and out`,
    javascript: 'function job(inputs) { return inputs; }',
    python: 'def job(inputs):\n    return inputs\n',
    inputs: text,
    files: {},
    expected: { value: text },
  };
}

/** At most a thousand lines of at least a tenth of a kilobyte: like ordinary programs, not one huge write. */
function output(size: string, bytes: number): Omit<Workload, 'name'> {
  const lines = Math.min(1_000, bytes / 100);
  const length = bytes / lines - 1;
  return {
    title: `${size.toUpperCase()} of output`,
    javascript: `function job() { const line = 'x'.repeat(${length}); for (let n = 0; n < ${lines}; n += 1) console.log(line); return 1; }`,
    python: `def job(inputs):\n    line = "x" * ${length}\n    for n in range(${lines}):\n        print(line)\n    return 1\n`,
    ...none,
    expected: { outputBytes: bytes },
  };
}

function looped(count: number): string {
  return `function job() { let total = 0; for (let n = 0; n < ${count}; n += 1) total += n & 7; return total / ${count}; }`;
}

/** Words instead of one repeated letter, so that it costs as much as ordinary text on the way. */
function textOf(length: number): string {
  const words = 'the quick brown fox jumps over 13 lazy dogs; ';
  return words.repeat(Math.ceil(length / words.length)).slice(0, length);
}
