import type { FailedCall, Hint } from './hint.ts';

/** Packages of the image `python-data`, by the names that programs import. */
const dataPackages = ['numpy', 'pandas', 'matplotlib', 'scipy', 'sklearn', 'sympy', 'PIL', 'openpyxl'];

/** What programs use without importing it: name → statement. */
const imports: ReadonlyMap<string, string> = new Map([
  ['np', 'import numpy as np'],
  ['pd', 'import pandas as pd'],
  ['plt', 'import matplotlib.pyplot as plt'],
  ...['Counter', 'OrderedDict', 'defaultdict', 'deque', 'namedtuple'].map(
    (name) => [name, `from collections import ${name}`] as const,
  ),
  ...['Any', 'Dict', 'List', 'Optional', 'Tuple', 'Union', 'Callable'].map(
    (name) => [name, `from typing import ${name}`] as const,
  ),
  ['Path', 'from pathlib import Path'],
  ['dataclass', 'from dataclasses import dataclass'],
  ['sqrt', 'from math import sqrt'],
  ['reduce', 'from functools import reduce'],
  ['timedelta', 'from datetime import timedelta'],
  ...[
    ...[
      'asyncio',
      'base64',
      'collections',
      'copy',
      'csv',
      'datetime',
      'functools',
      'hashlib',
      'heapq',
      'io',
      'itertools',
    ],
    ...['json', 'logging', 'math', 'os', 'random', 're', 'statistics', 'string', 'subprocess', 'sys', 'time', 'uuid'],
  ].map((name) => [name, `import ${name}`] as const),
]);
/** Names of other languages: name → Python's. */
const foreignNames: Readonly<Record<string, string>> = {
  true: 'True',
  false: 'False',
  null: 'None',
  undefined: 'None',
};

/** Programs and modules that install others. */
const installers = 'Nothing can be installed in a cell.';

function whatIsThere({ backend, image }: FailedCall): string {
  if (backend === 'wasm')
    return 'Python in WebAssembly has the standard library. Pass a wheel without native code in files, or use a container.';
  const data = `${dataPackages.join(', ')} and the standard library`;
  if (image === 'python-data') return `The image python-data has ${data}.`;
  return `This image has the standard library alone; with image: 'python-data' there are ${data}.`;
}

function sayMissing([, module = '']: RegExpExecArray, call: FailedCall): string {
  const [root = ''] = module.split('.');
  if (call.backend !== 'wasm' && call.image !== 'python-data' && dataPackages.includes(root))
    return `Set image: 'python-data' in the request to have ${root}; hotcell setup --data builds that image once.`;
  return `${whatIsThere(call)} ${installers} A module of your own can come with the request, in files.`;
}

const sayNetwork = (_: RegExpExecArray, { hasNetwork }: FailedCall): string =>
  hasNetwork
    ? 'Only addresses in network.allow can be reached; result.network says which connections were refused, and why. Use a client that takes its proxy from the environment.'
    : 'The program has no network. Name the hosts that it may reach in the request, network: { allow: ["api.example.com:443"] }, or pass the data in files or inputs.';

const failingLine = ({ code, line = 0 }: FailedCall): string => code.split('\n', line)[line - 1]?.trim() ?? '';

/** The most frequent mistakes of programs in Python, the most particular first. */
export const pythonHints: readonly Hint[] = [
  {
    mistake: 'processes and threads in WebAssembly',
    when: /^OSError: .{0,40}emscripten does not support processes|^RuntimeError: can't start new thread|^ModuleNotFoundError: No module named '_(?:multiprocessing|posixshmem|posixsubprocess)'/,
    only: ({ backend }) => backend === 'wasm',
    say: 'Python in WebAssembly has one thread and no processes. Do the work in a loop or with asyncio, or run it in a container: backend: "docker".',
  },
  {
    mistake: 'time zones in WebAssembly',
    when: /^AttributeError: module 'time' has no attribute 'tzset'|^ZoneInfoNotFoundError: /,
    only: ({ backend }) => backend === 'wasm',
    say: 'Python in WebAssembly knows UTC alone. Pass the wheel of tzdata in files for zoneinfo, or run the program in a container: backend: "docker".',
  },
  {
    mistake: 'a module that is not there',
    when: /^ModuleNotFoundError: No module named '([\w.]{1,100})'/,
    say: sayMissing,
  },
  {
    mistake: '`input()` without stdin',
    when: /^EOFError: EOF when reading a line/,
    say: 'input() reads the request’s stdin, which is empty or has been read already. Pass stdin in the request, or read values from inputs.',
  },
  {
    mistake: '`asyncio.run` beside a top-level `await`',
    when: /^RuntimeError: (?:asyncio\.run\(\) cannot be called from a running event loop|This event loop is already running|Cannot run the event loop while another loop is running)/,
    say: 'An event loop runs already, because the program has an await at its top level. Write await main() in place of asyncio.run(main()).',
  },
  {
    mistake: '`await` in a function without `async`',
    when: /^SyntaxError: '(?:await|async with|async for)' outside (?:async )?function|^SyntaxError: asynchronous comprehension outside/,
    say: 'Declare the function with async def and await its calls. At the top level of the program, await works as it is.',
  },
  {
    mistake: 'Markdown around the code',
    when: /^SyntaxError: /,
    only: (call) => failingLine(call).startsWith('```'),
    say: 'Send the code alone, without the lines of ``` around it.',
  },
  {
    mistake: 'commands of a notebook: `!pip install`, `%matplotlib`',
    when: /^SyntaxError: /,
    only: (call) => /^(?:[!%]|(?:pip3?|conda|apt|apt-get) install )/.test(failingLine(call)),
    say: `Commands of a notebook are not Python. ${installers} Start other programs with subprocess.run, and leave out lines that begin with ! or %.`,
  },
  {
    mistake: 'Python 2’s `print`',
    when: /^SyntaxError: Missing parentheses in call to '(?:print|exec)'/,
    say: 'This is Python 3: write print(…) with parentheses.',
  },
  {
    mistake: 'a path of Windows in a text',
    when: /^SyntaxError: \(unicode error\) 'unicodeescape' codec/,
    say: 'A backslash begins an escape in a text. Write r"…" or forward slashes; files of the request lie in /workspace.',
  },
  {
    mistake: 'indentation that does not agree',
    when: /^(?:IndentationError|TabError): /,
    say: 'Indent each block by four spaces, the same on all of its lines, and use no tabs.',
  },
  {
    mistake: '`true`, `false`, `null` of JSON',
    when: /^NameError: name '(true|false|null|undefined)' is not defined/,
    say: ([, name = '']) =>
      `Python writes ${foreignNames[name] ?? 'None'} for ${name}. For text that is JSON, use json.loads.`,
  },
  {
    mistake: 'a module that was not imported',
    when: /^NameError: name '(\w{1,50})' is not defined/,
    only: ({ message }) => imports.has(/'(\w+)'/.exec(message)?.[1] ?? ''),
    say: ([, name = '']) => `Put "${imports.get(name)}" at the top of the program.`,
  },
  {
    mistake: 'a program that is not there',
    when: /^(?:FileNotFoundError|PermissionError): \[Errno (?:2|13)\] [\w ]{1,40}: '([^'/]{1,100})'/,
    only: ({ stack = '' }) => /subprocess\.py|\bposix_spawn|os\.exec/.test(stack),
    say: ([, program = '']) =>
      `The image has no program ${program}. ${installers} Do the same with Python’s own modules.`,
  },
  {
    mistake: 'writing outside the workspace',
    when: /^(?:PermissionError: \[Errno 1?3\]|OSError: \[Errno 30\] Read-only file system)/,
    say: 'Programs can write under /workspace (the working directory) and /tmp alone. Files under output/ come back with the result.',
  },
  {
    mistake: 'a file that is not there',
    when: /^FileNotFoundError: \[Errno 2\]/,
    say: 'Paths are relative to /workspace, which holds the files of the request and nothing else. Pass the file in files, or list what is there with os.listdir().',
  },
  {
    mistake: 'a full disk',
    when: /^OSError: \[Errno 2[78]\]/,
    say: 'The disk of the job is full: /workspace, /tmp and shared memory together hold limits.diskMb. Write less, remove files, or raise the limit.',
  },
  {
    mistake: 'too many open files',
    when: /^OSError: \[Errno 24\]/,
    say: 'More files or sockets are open than limits.openFiles allows. Close them (with open(…) as file:), or raise the limit.',
  },
  {
    mistake: 'too many threads or processes',
    when: /^(?:RuntimeError: can't start new thread|BlockingIOError: \[Errno 11\])/,
    say: 'limits.processes bounds threads and processes together. Start fewer (max_workers=4), or raise the limit.',
  },
  {
    mistake: 'a host without a network',
    when: /^(?:gaierror|URLError|ConnectionError|ConnectTimeout|ProxyError|SSLError|MaxRetryError|ConnectError|ClientConnectorError)\b|Temporary failure in name resolution|Name or service not known|Network is unreachable|Host is unreachable|Tunnel connection failed/,
    say: sayNetwork,
  },
  {
    mistake: 'recursion that is too deep',
    when: /^RecursionError: /,
    say: 'Calls can be 1 000 deep. Check that the recursion ends, write it as a loop, or call sys.setrecursionlimit.',
  },
  {
    mistake: 'a file that is not UTF-8',
    when: /^UnicodeDecodeError: /,
    say: 'The data is not text in that encoding. Name the right one, open(path, encoding="latin-1"), or read bytes with open(path, "rb").',
  },
  {
    mistake: 'a value that JSON does not have',
    when: /^TypeError: Object of type (\w{1,50}) is not JSON serializable/,
    say: 'Convert it first (list(…), str(…), float(…), value.isoformat()), or use json.dumps(value, default=str).',
  },
  {
    mistake: 'memory',
    when: /^MemoryError\b/,
    say: 'Work in pieces (read line by line, chunksize in pandas), free what is no longer needed, or raise limits.memoryMb.',
  },
  {
    mistake: 'arguments of a command line',
    when: /\berror: (?:the following arguments are required|unrecognized arguments|argument )/,
    say: 'A program in a cell has no arguments: sys.argv is ["main.py"]. Pass the list to parse_args([…]), or read inputs.',
  },
  {
    mistake: 'a window',
    when: /^TclError: |no display name|cannot connect to X server/i,
    say: 'There is no screen. Save the picture to a file under output/, or show it with display(…).',
  },
  {
    mistake: 'what pandas 2 removed',
    when: /^AttributeError: '(?:DataFrame|Series)' object has no attribute '(?:append|iteritems|ix)'/,
    say: 'pandas 2 has no append, iteritems and ix: use pd.concat, items and loc.',
  },
];
