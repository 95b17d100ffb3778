/**
 * Theory of operation. The stream that a sink returns belongs to the caller. It may come from Node, the web or another
 * package, and may be broken or hostile. Node's own functions assume a sound stream, so they do not get it; every use
 * goes through `support/caller-values`. Each step settles when the stream has done its part, and may take for ever;
 * `ArtifactDelivery` has the deadline.
 */
import { Writable } from 'node:stream';
import { CallerError, callCallerFunction, isInstance, readCallerValue } from '../../support/caller-values.ts';

/** The opened target of an artifact. Its steps run one after the other. */
export interface OpenTarget {
  /** Settles when the next piece can be written. */
  write(piece: Uint8Array): Promise<void>;
  /** Settles when all pieces have arrived. */
  end(): Promise<void>;
  /** Destroys the target, without waiting. */
  destroy(reason: Error): void;
}

interface Members {
  readonly [name: string]: unknown;
}

/**
 * Opens the stream that a sink returned.
 * @throws {TypeError} if it is not a stream; {CallerError} if it fails.
 */
export function openTarget(target: unknown): OpenTarget {
  const members = readCallerValue((): Members => {
    const isObject = typeof target === 'object' && target !== null;
    return isObject ? pick(target, ['getWriter', 'write', 'end', 'on']) : {};
  });
  if (typeof members.getWriter === 'function') return new WebTarget(target as WritableStream<Uint8Array>);
  const isNodes = ['write', 'end', 'on'].every((name) => typeof members[name] === 'function');
  if (isNodes) return new NodeTarget(target as Writable);
  throw new TypeError('it returned neither a Writable, nor a WritableStream, nor undefined');
}

/** Destroys a stream that a sink returned too late. */
export function discardTarget(target: unknown, reason: Error): void {
  try {
    openTarget(target).destroy(reason);
  } catch {
    // It cannot be opened, so there is nothing to destroy.
  }
}

function pick(target: object, names: readonly string[]): Members {
  return Object.fromEntries(names.map((name) => [name, (target as Members)[name]]));
}

class WebTarget implements OpenTarget {
  readonly #writer: WritableStreamDefaultWriter<Uint8Array>;

  constructor(stream: WritableStream<Uint8Array>) {
    this.#writer = readCallerValue(() => stream.getWriter());
    // These promises may reject without a handler in streams of other packages.
    void callCallerFunction(() => this.#writer.ready);
    void callCallerFunction(() => this.#writer.closed);
  }

  async write(piece: Uint8Array): Promise<void> {
    await callCallerFunction(() => this.#writer.write(piece));
  }

  async end(): Promise<void> {
    await callCallerFunction(() => this.#writer.close());
  }

  destroy(reason: Error): void {
    void callCallerFunction(() => this.#writer.abort(reason));
  }
}

class NodeTarget implements OpenTarget {
  readonly #target: Writable;
  #failure: Error | undefined;
  #drains = 0;
  #isFinished = false;
  #isClosed = false;
  #changed: PromiseWithResolvers<void> = Promise.withResolvers();

  constructor(target: Writable) {
    this.#target = target;
    readCallerValue(() => {
      // The listener stays, because a stream can also fail after its end.
      target.on('error', (error: unknown) => this.#fail(new CallerError(error).message));
      target.on('drain', () => this.#drained());
      target.on('finish', () => {
        this.#isFinished = true;
        this.#change();
      });
      target.on('close', () => {
        this.#isClosed = true;
        this.#change();
      });
      if (isInstance(target, Writable)) hearHooks(target);
      if (target.destroyed || target.writableEnded) this.#fail(target.errored?.message ?? 'it is closed already');
    });
  }

  async write(piece: Uint8Array): Promise<void> {
    if (this.#failure) throw this.#failure;
    const before = this.#drains;
    const answer: unknown = readCallerValue(() => this.#target.write(piece));
    if (answer === true) return;
    // A promise as the return value settles when the stream takes more.
    if (isObject(answer))
      void callCallerFunction(() => answer).then(
        () => this.#drained(),
        (error: Error) => this.#fail(error.message),
      );
    await this.#until(() => this.#drains > before);
  }

  async end(): Promise<void> {
    if (this.#failure) throw this.#failure;
    const closes = readCallerValue(() => closesAfterEnd(this.#target));
    void callCallerFunction((): unknown => this.#target.end()).catch((error: Error) => this.#fail(error.message));
    await this.#until(() => this.#isFinished && (this.#isClosed || !closes));
  }

  destroy(reason: Error): void {
    void callCallerFunction((): unknown => this.#target.destroy(reason));
  }

  async #until(isDone: () => boolean): Promise<void> {
    while (!isDone()) {
      if (this.#isClosed) this.#fail('it was closed before its end');
      if (this.#failure) break;
      await this.#changed.promise;
    }
    if (this.#failure) throw this.#failure;
  }

  #drained(): void {
    this.#drains += 1;
    this.#change();
  }

  #fail(reason: string): void {
    this.#failure ??= new Error(reason);
    this.#change();
  }

  #change(): void {
    this.#changed.resolve();
    this.#changed = Promise.withResolvers();
  }
}

const hooks = ['_write', '_writev', '_final', '_destroy', '_transform', '_flush'] as const;

/**
 * Node calls these methods of a Writable and ignores what they return. Then an `async write` that rejects would be an
 * unhandled rejection, and a delayed piece would throw outside of any call. Here both errors reach the callback that
 * each method gets.
 */
function hearHooks(target: Writable): void {
  const members = target as unknown as Record<string, unknown>;
  for (const name of hooks) {
    const hook = members[name];
    if (typeof hook !== 'function') continue;
    members[name] = function (this: unknown, ...given: unknown[]): void {
      const done = given.at(-1);
      void callCallerFunction((): unknown => Reflect.apply(hook, this, given)).catch((error: Error) =>
        callCallerFunction(() => (typeof done === 'function' ? Reflect.apply(done, undefined, [error]) : undefined)),
      );
    };
  }
}

/** Whether a stream closes by itself after its end, as files do. Only then its content is known to be complete. */
function closesAfterEnd(target: Writable): boolean {
  const { _writableState: state } = target as { _writableState?: { autoDestroy?: unknown; emitClose?: unknown } };
  return state?.autoDestroy === true && state.emitClose === true && !('read' in target);
}

function isObject(value: unknown): value is object {
  return (typeof value === 'object' && value !== null) || typeof value === 'function';
}
