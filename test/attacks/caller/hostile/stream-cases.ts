import { createReadStream } from 'node:fs';
import { Readable } from 'node:stream';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Engine } from 'hotcell';
import { ask, briefly, foreign, type HostileCase, never, raise, trapped, unreadable } from './hostile-case.ts';

/** A source with the given iterator. */
const source = (iterator: unknown): unknown => ({ [Symbol.asyncIterator]: () => iterator });
/** Gives one piece, and has the given `return`. */
const left = (leave: () => unknown, next?: () => unknown): unknown => {
  let asked = 0;
  return source({
    next: () => {
      asked += 1;
      return asked === 1 ? Promise.resolve({ done: false, value: 5 }) : (next ?? never)();
    },
    return: leave,
  });
};

const sources: readonly (readonly [name: string, make: () => unknown, reason: string])[] = [
  ['throws what cannot be read', () => source({ next: () => raise(unreadable()) }), ''],
  ['throws an object without a prototype', () => source({ next: () => raise(Object.create(null)) }), ''],
  [
    'rejects with an error of another realm',
    () => source({ next: () => foreign('Promise.reject(new Error("far"))') }),
    'far',
  ],
  ['has an iterator that is none', () => source(undefined), ''],
  ['throws for its iterator', () => ({ [Symbol.asyncIterator]: () => raise(new Error('no iterator')) }), 'no iterator'],
  ['answers with what is no promise', () => source({ next: () => 5 }), ''],
  ['answers with a trap', () => source({ next: unreadable }), ''],
  [
    'answers with a result that traps its value',
    () => source({ next: () => trapped('value', { done: false }) }),
    'no value',
  ],
  ['gives a number', () => source({ next: () => ({ done: false, value: 5 }) }), 'number'],
  [
    'gives bytes by their prototype alone',
    () => source({ next: () => ({ done: false, value: Object.create(Uint8Array.prototype) as unknown }) }),
    '',
  ],
  ['throws when it is left', () => left(() => raise(new Error('no return'))), 'number'],
  ['rejects when it is left', () => left(() => Promise.reject(new Error('no return'))), 'number'],
  ['hangs when it is left', () => left(never), 'number'],
  ['answers with a trap when it is left', () => left(unreadable), 'number'],
  [
    'answers with a promise without a constructor when it is left',
    () => left(() => Object.defineProperty(Promise.resolve(), 'constructor', { get: () => raise(new Error('no')) })),
    'number',
  ],
  [
    'has a return that cannot be read',
    () => source(trapped('return', { next: () => ({ done: false, value: 5 }) })),
    'number',
  ],
  ['is a file that is not there', () => createReadStream('/nowhere/at/all'), 'ENOENT'],
  [
    'is a Readable that failed before',
    () => new Readable({ read() {} }).on('error', () => undefined).destroy(new Error('early')),
    'early',
  ],
  [
    'is a Readable that fails while it waits',
    () => {
      const stream = new Readable({ read() {} });
      setImmediate(() => stream.destroy(new Error('soon')));
      return stream;
    },
    'soon',
  ],
  [
    'is a ReadableStream that is locked',
    () => {
      const stream = new ReadableStream();
      stream.getReader();
      return stream;
    },
    '',
  ],
  ['is a ReadableStream that fails', () => new ReadableStream({ pull: () => raise(new Error('no pull')) }), 'no pull'],
];

const hanging: readonly (readonly [name: string, make: () => unknown])[] = [
  ['never gives anything, and hangs when it is left', () => source({ next: never, return: never })],
  [
    'never gives anything, and throws when it is left',
    () => source({ next: never, return: () => raise(new Error('no return')) }),
  ],
  [
    'never gives anything, and rejects when it is left',
    () => source({ next: never, return: () => Promise.reject(new Error('no return')) }),
  ],
  ['rejects too late', () => source({ next: () => sleep(760).then(() => raise(new Error('late'))) })],
  ['is a Readable that hangs in destroy', () => new Readable({ read() {}, destroy: () => undefined })],
  [
    'is a Readable that fails in destroy',
    () => new Readable({ read() {}, destroy: (_, done) => done(new Error('no destroy')) }),
  ],
];

const waits = 'await new Promise(() => setTimeout(() => 1, 1e6))';

export const streamCases: readonly HostileCase[] = [
  ...sources.map(([name, make, reason]) => ({
    row: 'streams of files',
    name: `a file that ${name}`,
    run: (engine: Engine) => engine.execute(ask({ files: { a: make() } })),
    ends: new RegExp(
      `^validation_error \\| INVALID_REQUEST: The request is invalid: its file "a" could not be read completely, because .*${reason}.*\\.$`,
      's',
    ),
  })),
  ...hanging.map(([name, make]) => ({
    row: 'streams of files',
    name: `a file that ${name}`,
    run: (engine: Engine) => engine.execute(ask({ files: { a: make() }, limits: briefly })),
    ends: /^validation_error \| INVALID_REQUEST: .* kept the job waiting for longer than limits.timeoutMs = 700 ms\.$/,
  })),
  ...sources.map(([name, make, reason]) => ({
    row: 'streams of stdin',
    name: `stdin that ${name}`,
    run: (engine: Engine) => engine.execute(ask({ code: waits, stdin: make() })),
    ends: new RegExp(`^cancelled \\| CANCELLED: .*hotcell: the stdin of the request failed: .*${reason}`, 's'),
  })),
  ...hanging.map(([name, make]) => ({
    row: 'streams of stdin',
    name: `stdin that ${name}`,
    run: (engine: Engine) => engine.execute(ask({ code: waits, stdin: make(), limits: briefly })),
    ends: /^(timeout \| WALL_TIMEOUT|cancelled \| CANCELLED: .*the stdin of the request failed)/s,
  })),
  {
    row: 'streams of files',
    name: 'a stream of a request that is refused',
    run: (engine) =>
      engine.execute(ask({ files: { a: createReadStream('/nowhere/at/all') }, limits: { timeoutMs: -1 } })),
    ends: /^validation_error/,
  },
  {
    row: 'streams of files',
    name: 'a file that grows without end',
    run: (engine) =>
      engine.execute(
        ask({
          files: { a: source({ next: () => ({ done: false, value: 'x'.repeat(1e6) }) }) },
          limits: { timeoutMs: 2_000, diskMb: 2 },
        }),
      ),
    ends: /does not fit the disk/,
  },
  {
    row: 'streams of files',
    name: 'a file that gives nothing without end',
    run: (engine) =>
      engine.execute(
        ask({ limits: briefly, files: { a: source({ next: async () => ({ done: false, value: '' }) }) } }),
      ),
    ends: /kept the job waiting for longer than limits.timeoutMs = 700 ms/,
  },
  {
    row: 'streams of stdin',
    name: 'stdin that gives nothing without end',
    run: (engine) =>
      engine.execute(
        ask({ limits: briefly, code: waits, stdin: source({ next: async () => ({ done: false, value: '' }) }) }),
      ),
    ends: /^timeout \| WALL_TIMEOUT/,
  },
];
