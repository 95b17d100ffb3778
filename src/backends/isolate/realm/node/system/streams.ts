import type { Kit } from '../kit.ts';

type Listener = (...values: unknown[]) => void;

/** What the streams of this folder are made of. */
export interface Streams {
  /** A stream of bytes that are known when it is first read. */
  readable(read: () => Uint8Array, fields: object): object;
  /** A stream that hands each chunk over. */
  writable(write: (chunk: Uint8Array | string) => void, fields: object, end?: () => void): object;
}

/** Makes the streams behind `process.stdin`, `process.stdout` and `fs.createReadStream`: simple ones, not Node's own. */
export function createStreams({ load, timers }: Kit): Streams {
  interface Emitter {
    on(name: string, listener: Listener): this;
    off(name: string, listener: Listener): this;
    emit(name: string, ...values: unknown[]): boolean;
  }
  interface NodeBuffer extends Uint8Array {
    toString(encoding?: string): string;
  }
  const { Buffer } = load('buffer') as { Buffer: { from(given: unknown, encoding?: unknown): NodeBuffer } };
  const EventEmitter = load('events') as {
    new (): Emitter;
    on(emitter: object, name: string): AsyncIterable<unknown[]>;
  };
  const { setImmediate } = timers;
  const addTo = EventEmitter.prototype.on as (this: Emitter, name: string, listener: Listener) => Emitter;
  interface Sink {
    write(chunk: unknown): unknown;
    end?(): unknown;
  }

  class Readable extends EventEmitter {
    readonly readable = true;
    #read: () => Uint8Array;
    #encoding: string | undefined;
    #isTaken = false;
    #isPaused = false;
    #isScheduled = false;
    #isOver = false;
    constructor(read: () => Uint8Array) {
      super();
      this.#read = read;
    }
    #chunk(): unknown {
      if (this.#isTaken) return null;
      this.#isTaken = true;
      const bytes = this.#read();
      if (bytes.length === 0) return null;
      const buffer = Buffer.from(bytes);
      return this.#encoding === undefined ? buffer : buffer.toString(this.#encoding);
    }
    #finish(): void {
      if (this.#isOver) return;
      this.#isOver = true;
      this.emit('end');
      this.emit('close');
    }
    #schedule(act: () => void): void {
      if (this.#isScheduled) return;
      this.#isScheduled = true;
      setImmediate(() => {
        this.#isScheduled = false;
        try {
          act();
        } catch (error) {
          if (!this.emit('error', error)) throw error;
        }
      });
    }
    #flow(): void {
      this.#schedule(() => {
        if (this.#isPaused || this.#isOver) return;
        const chunk = this.#chunk();
        if (chunk !== null) this.emit('data', chunk);
        if (!this.#isPaused) this.#finish();
      });
    }
    override on(name: string, listener: Listener): this {
      addTo.call(this, name, listener);
      if (name === 'data') this.resume();
      else if (name === 'readable') {
        this.#schedule(() => {
          this.emit('readable');
          if (this.#isTaken) this.#finish();
        });
      }
      return this;
    }
    addListener(name: string, listener: Listener): this {
      return this.on(name, listener);
    }
    once(name: string, listener: Listener): this {
      const heard: Listener = (...values) => {
        this.off(name, heard);
        listener(...values);
      };
      return this.on(name, heard);
    }
    read(): unknown {
      return this.#chunk();
    }
    setEncoding(encoding: string): this {
      this.#encoding = encoding;
      return this;
    }
    resume(): this {
      this.#isPaused = false;
      this.#flow();
      return this;
    }
    pause(): this {
      this.#isPaused = true;
      return this;
    }
    isPaused(): boolean {
      return this.#isPaused;
    }
    pipe<S extends Sink>(sink: S): S {
      this.on('data', (chunk) => sink.write(chunk));
      this.on('end', () => sink.end?.());
      return sink;
    }
    destroy(): this {
      this.#isTaken = true;
      this.#finish();
      return this;
    }
    close(): void {
      this.destroy();
    }
    ref(): this {
      return this;
    }
    unref(): this {
      return this;
    }
    setRawMode(): this {
      return this;
    }
    async *[Symbol.asyncIterator](): AsyncGenerator<unknown> {
      const chunk = this.#chunk();
      if (chunk !== null) yield chunk;
      this.#finish();
    }
  }

  class Writable extends EventEmitter {
    readonly writable = true;
    #write: (chunk: Uint8Array | string) => void;
    #end: () => void;
    #isOver = false;
    constructor(write: (chunk: Uint8Array | string) => void, end: () => void) {
      super();
      this.#write = write;
      this.#end = end;
    }
    write(chunk: unknown, encoding?: unknown, done?: unknown): boolean {
      const isText = typeof chunk === 'string';
      if (!isText && !(chunk instanceof Uint8Array)) {
        throw new TypeError(
          'The "chunk" argument must be of type string or an instance of Buffer, TypedArray, or DataView.',
        );
      }
      const isOther = isText && typeof encoding === 'string' && !/^utf-?8$/iu.test(encoding);
      this.#write(isOther ? Buffer.from(chunk, encoding) : chunk);
      const heard = typeof encoding === 'function' ? encoding : done;
      if (typeof heard === 'function') setImmediate(() => (heard as Listener)());
      return true;
    }
    end(chunk?: unknown, encoding?: unknown): this {
      if (chunk !== undefined && typeof chunk !== 'function') this.write(chunk, encoding);
      if (this.#isOver) return this;
      this.#isOver = true;
      this.#end();
      setImmediate(() => {
        this.emit('finish');
        this.emit('close');
      });
      return this;
    }
    cork(): void {}
    uncork(): void {}
    destroy(): this {
      return this.end();
    }
    close(): void {
      this.end();
    }
  }
  return {
    readable: (read, fields) => Object.assign(new Readable(read), fields),
    writable: (write, fields, end = () => undefined) => Object.assign(new Writable(write, end), fields),
  };
}
