import { EventEmitter } from 'node:events';
import { PassThrough, Transform, Writable } from 'node:stream';
import type { ArtifactSink, ArtifactTarget, Engine } from 'hotcell';
import { foreign, type HostileCase, never, raise, thenable, trapped, unreadable } from './hostile-case.ts';

const program = {
  javascript: 'context.files.write("output/a", "a".repeat(200_000)); context.files.write("output/b", "b"); 7',
  python: 'import os; open("output/a", "w").write("a" * 200_000); open("output/b", "w").write("b"); 7',
} as const;

/** A stream that is not Node's, with a Writable's members. */
function duck(overrides: object = {}): ArtifactTarget {
  const emitter = new EventEmitter();
  const methods = {
    on: emitter.on.bind(emitter),
    once: emitter.once.bind(emitter),
    off: emitter.off.bind(emitter),
    removeListener: emitter.removeListener.bind(emitter),
    emit: emitter.emit.bind(emitter),
    write: () => true,
    end: () => void setImmediate(() => emitter.emit('finish')),
    destroy: () => undefined,
  };
  return { ...methods, ...overrides } as never;
}

const lost = (reason: string): RegExp => new RegExp(`^success \\| 7 \\| output/a: [^|]*${reason}`, 's');
const taken = /^success \| 7$/;
const hangs = lost('did nothing for limits.timeoutMs = 700 ms');

const sinks: readonly (readonly [row: string, name: string, sink: () => unknown, ends: RegExp])[] = [
  ['artifactSink', 'throws what cannot be read', () => raise(unreadable()), lost('The sink failed: ')],
  ['artifactSink', 'throws null', () => raise(null), lost('The sink failed: null')],
  ['artifactSink', 'throws a symbol', () => raise(Symbol('x')), lost('The sink failed: Symbol')],
  ['artifactSink', 'throws an object without a prototype', () => raise(Object.create(null)), lost('The sink failed: ')],
  [
    'artifactSink',
    'throws an error of another realm',
    () => foreign('throw new Error("far away")'),
    lost('failed: far away'),
  ],
  [
    'artifactSink',
    'throws an error with a message that is none',
    () => raise(Object.assign(new Error(), { message: { toString: 5 } })),
    lost('The sink failed: '),
  ],
  [
    'artifactSink',
    'answers with a promise of another realm that rejects',
    () => foreign('Promise.reject(new Error("far"))'),
    lost('failed: far'),
  ],
  ['artifactSink', 'answers with a thenable that throws', () => trapped('then'), lost('no then for you')],
  [
    'artifactSink',
    'answers with a promise whose constructor throws',
    () => trapConstructor(Promise.resolve(undefined)),
    lost('no constructor'),
  ],
  [
    'artifactSink',
    'answers with a thenable that settles twice and throws',
    () =>
      thenable((done) => {
        done(undefined);
        done(5);
        raise(new Error('late'));
      }),
    taken,
  ],
  ['artifactSink', 'answers with a thenable that never settles', () => thenable(() => undefined), hangs],
  ['artifactSink', 'answers never', never, hangs],
  [
    'artifactSink',
    'answers too late, with a rejection',
    () => new Promise((_, reject) => setTimeout(reject, 720, new Error('late'))),
    hangs,
  ],
  ['artifactSink', 'answers too late, with a locked WritableStream', () => later(720, locked), hangs],
  ['artifactSink', 'answers too late, with what is no stream', () => later(720, () => 5), hangs],
  ['artifactSink', 'answers too late, with what cannot be read', () => later(720, unreadable), hangs],
  ['artifactSink', 'answers with a text', () => 'file.txt', lost('neither a Writable')],
  ['artifactSink', 'answers with null', () => null, lost('neither a Writable')],
  ['artifactSink', 'answers with a proxy that traps all', unreadable, lost('The sink failed: ')],
  ['artifactSink', 'answers with a function', () => () => 1, lost('neither a Writable')],

  ['WritableStream', 'is locked', locked, lost('The sink failed: ')],
  [
    'WritableStream',
    'is closed',
    () => {
      const stream = new WritableStream();
      void stream.close();
      return stream;
    },
    lost('The sink failed: '),
  ],
  [
    'WritableStream',
    'is aborted',
    () => {
      const stream = new WritableStream();
      void stream.abort(new Error('gone'));
      return stream;
    },
    lost('failed: gone'),
  ],
  [
    'WritableStream',
    'fails to start, later',
    () => new WritableStream({ start: () => later(20, () => raise(new Error('no start'))) }),
    lost('no start'),
  ],
  [
    'WritableStream',
    'throws in write',
    () => new WritableStream({ write: () => raise(new Error('no write')) }),
    lost('no write'),
  ],
  [
    'WritableStream',
    'rejects in write with undefined',
    () => new WritableStream({ write: () => Promise.reject() }),
    lost('failed: undefined'),
  ],
  [
    'WritableStream',
    'never takes a piece, and hangs in abort',
    () => new WritableStream({ write: never, abort: never }),
    hangs,
  ],
  [
    'WritableStream',
    'rejects in abort',
    () => new WritableStream({ write: never, abort: () => Promise.reject(new Error('no abort')) }),
    hangs,
  ],
  ['WritableStream', 'never closes', () => new WritableStream({ close: never }), hangs],
  [
    'WritableStream',
    'rejects in close',
    () => new WritableStream({ close: () => Promise.reject(new Error('no close')) }),
    lost('no close'),
  ],
  [
    'WritableStream',
    'errors between two pieces',
    () => {
      let control: WritableStreamDefaultController;
      return new WritableStream({
        start: (c) => {
          control = c;
        },
        write: () => {
          setImmediate(() => control.error(new Error('between')));
        },
      });
    },
    /^success \| 7/,
  ],
  [
    'WritableStream',
    'gives a writer of its own making',
    () => ({
      getWriter: () => ({
        write: () => Promise.reject(new Error('own write')),
        close: () => 1,
        abort: () => Promise.reject(new Error('own abort')),
        get ready() {
          return Promise.reject(new Error('own ready'));
        },
        get closed() {
          return Promise.reject(new Error('own closed'));
        },
      }),
    }),
    lost('own '),
  ],
  [
    'WritableStream',
    'is one by its prototype alone',
    () => Object.create(WritableStream.prototype),
    lost('The sink failed: '),
  ],

  ['Writable', 'throws in write', () => new Writable({ write: () => raise(new Error('no write')) }), lost('no write')],
  [
    'Writable',
    'throws in a later write, which waited',
    () => {
      let n = 0;
      return new Writable({
        highWaterMark: 1e9,
        write: (_c, _e, done) => {
          n += 1;
          if (n > 1) raise(new Error('later write'));
          setTimeout(done, 5);
        },
      });
    },
    lost('later write'),
  ],
  [
    'Writable',
    'rejects in an async write',
    () =>
      new Writable({
        async write() {
          raise(new Error('async write'));
        },
      }),
    lost('async write'),
  ],
  [
    'Writable',
    'rejects in an async write, after it was done',
    () =>
      new Writable({
        async write(_c, _e, done) {
          done();
          raise(new Error('after done'));
        },
      }),
    /^success \| 7/,
  ],
  [
    'Writable',
    'rejects in an async final',
    () =>
      new Writable({
        write: (_c, _e, done) => done(),
        async final() {
          raise(new Error('async final'));
        },
      }),
    lost('async final'),
  ],
  [
    'Writable',
    'rejects in an async destroy',
    () =>
      new Writable({
        write: (_c, _e, done) => done(new Error('no write')),
        async destroy() {
          raise(new Error('async destroy'));
        },
      }),
    lost('(no write|async destroy)'),
  ],
  [
    'Writable',
    'rejects in an async transform',
    () =>
      new Transform({
        async transform() {
          raise(new Error('async transform'));
        },
      }),
    lost('async transform'),
  ],
  [
    'Writable',
    'is done twice',
    () =>
      new Writable({
        write: (_c, _e, done) => {
          done();
          done();
        },
      }),
    /^success \| 7/,
  ],
  [
    'Writable',
    'is destroyed',
    () => new Writable({ write: (_c, _e, done) => done() }).destroy(),
    lost('The sink failed: '),
  ],
  ['Writable', 'has ended', () => new Writable({ write: (_c, _e, done) => done() }).end(), lost('The sink failed: ')],
  [
    'Writable',
    'is destroyed between two pieces',
    () => {
      const w = new Writable({
        write: (_c, _e, done) => {
          setImmediate(() => {
            w.destroy();
            done();
          });
        },
      });
      return w;
    },
    lost('The sink failed: '),
  ],
  [
    'Writable',
    'fails after it has finished',
    () =>
      new PassThrough()
        .on('finish', function (this: PassThrough) {
          setTimeout(() => this.emit('error', new Error('late')), 5);
        })
        .resume(),
    taken,
  ],
  [
    'Writable',
    'fails before it is returned',
    () => {
      const w = new Writable({ write: (_c, _e, done) => done() });
      w.destroy(new Error('early'));
      return Promise.resolve(w);
    },
    lost('The sink failed: '),
  ],
  [
    'Writable',
    'never takes a piece, and throws in destroy',
    () => Object.assign(new Writable({ write: () => undefined }), { destroy: () => raise(new Error('no destroy')) }),
    hangs,
  ],
  ['Writable', 'has no removeListener', () => duck({ removeListener: undefined, off: undefined }), taken],
  ['Writable', 'has getters that throw', () => trapped('write', duck()), lost('no write for you')],
  ['Writable', 'throws in on', () => duck({ on: () => raise(new Error('no on')) }), lost('no on')],
  ['Writable', 'throws in end', () => duck({ end: () => raise(new Error('no end')) }), lost('no end')],
  [
    'Writable',
    'answers a write with a rejection',
    () => duck({ write: () => Promise.reject(new Error('soft write')) }),
    lost('soft write'),
  ],
  [
    'Writable',
    'answers end and destroy with rejections',
    () =>
      duck({
        end: () => Promise.reject(new Error('soft end')),
        destroy: () => Promise.reject(new Error('soft destroy')),
      }),
    lost('soft end'),
  ],
  ['Writable', 'never drains', () => duck({ write: () => false }), hangs],
  [
    'Writable',
    'drains before it answers',
    () => {
      const target = duck() as unknown as EventEmitter & { write: unknown };
      target.write = () => {
        target.emit('drain');
        return false;
      };
      return target;
    },
    taken,
  ],
  [
    'Writable',
    'emits an error that is none',
    () => {
      const target = duck() as unknown as EventEmitter & { write: unknown };
      target.write = () => {
        target.emit('error', undefined);
        return true;
      };
      return target;
    },
    lost('The sink failed: '),
  ],
];

/** Sinks that fail: the rest of the result must not be lost. */
export function sinkCases(language: keyof typeof program): readonly HostileCase[] {
  const cases = sinks.map(([row, name, sink, ends]): HostileCase => {
    const run = (engine: Engine): unknown =>
      engine.execute({
        language,
        code: program[language],
        limits: { timeoutMs: language === 'python' ? 2_000 : 700 },
        artifactSink: sink as unknown as ArtifactSink,
      });
    const late = language === 'python' ? new RegExp(ends.source.replace('700 ms', '2000 ms'), ends.flags) : ends;
    return { row, name: `${row} ${name}`, run, ends: late };
  });
  // Values that are too late for 700 ms are not too late for a container.
  return language === 'javascript' ? cases : cases.filter(({ name }) => !name.includes('too late'));
}

function locked(): WritableStream {
  const stream = new WritableStream();
  stream.getWriter();
  return stream;
}

function later<Value>(ms: number, make: () => Value): Promise<Value> {
  return new Promise((resolve, reject) => {
    setTimeout(() => {
      try {
        resolve(make());
      } catch (error) {
        reject(error);
      }
    }, ms);
  });
}

function trapConstructor(promise: Promise<unknown>): unknown {
  return Object.defineProperty(promise, 'constructor', { get: () => raise(new Error('no constructor')) });
}
