import type ivm from 'isolated-vm';
import type { HostBindings, RealmEnd } from '../../realm/bootstrap.ts';
import { networkSource, realmFileName, realmSource } from './realm-source.ts';

/** The module `isolated-vm`, passed in because only one place loads it. */
export type IsolatedVm = typeof ivm;

/** The host's side of one realm's functions; see `realm/bootstrap`. */
export interface GuestListener {
  ask(question: string, subject: string, detail: string): string;
  write(stream: 'stdout' | 'stderr', text: string): void;
  call(call: number, name: string, input: string): void;
  report(end: RealmEnd, text: string, message: string, stack: string): void;
  /** V8 lost control of the isolate: its thread never returns. */
  catastrophe(message: string): void;
}

/** Receives a realm's messages about its network; see `realm/fetch`. */
export type NetworkListener = (connection: number, verb: string, text: string, bytes: number) => void;

/** An isolate with a realm, ready for its only job. */
export interface Guest {
  readonly isolate: ivm.Isolate;
  /** The state of its heap before the guest's first line. */
  readonly heap: ivm.HeapStatistics;
  /** Memory of an interpreter before its first job, in bytes; does not count for the guest. */
  readonly ownBytes?: number;
  /** Memory that its realm may take in addition, in bytes, before it counts for the guest. */
  readonly allowedBytes?: number;
  /** Bytes that the isolate should count and does not; negative if it counts too much. */
  uncountedBytes?(): number;
  /** Applies the limit of the next job to an interpreter, before its first step; the isolate's own limit differs. */
  open?(memoryMb: number): void;
  /** Calls the realm: `RealmEntry` of `realm/bootstrap`. Steps that are sent together run one after the other. */
  enter(...step: readonly (string | number | boolean)[]): Promise<unknown>;
  /** Gives the realm a network before a job; at most `atOnce` requests may be open. */
  openNetwork(atOnce: number, listener: NetworkListener): Promise<void>;
  /** The same, but V8 stops the step after `timeoutMs`; the guest keeps its state. */
  enterFor?(timeoutMs: number, ...step: readonly (string | number | boolean)[]): Promise<unknown>;
  /**
   * Has V8 run a separate script in the realm, after the step `start`, and hands its value to the realm. Rejects with a
   * copy of the script's exception.
   */
  evaluate?(source: string, fileName: string): Promise<unknown>;
  /** Sets the listener that gets this guest's messages from now on. */
  attach(listener: GuestListener): void;
  /** Wakes a guest whose thread waits for an answer; only interpreters have it. */
  wake?(): void;
  /**
   * Asks its program to stop, like Ctrl-C. Only interpreters support this, and can run their next program afterwards.
   */
  interrupt?(): void;
  /** Destroys the guest at once, even if it is running. */
  dispose(): void;
}

/** A realm's functions for calling its host, with their listener. */
export interface RealmCalls {
  readonly callbacks: readonly ivm.Callback[];
  readonly catastrophe: (message: string) => void;
  attach(listener: GuestListener): void;
}

const text = (value: unknown): string => (typeof value === 'string' ? value : '');

/**
 * Makes these functions for one guest. Whatever the guest passes, the host receives only texts and numbers, and never
 * throws into the guest.
 */
export function createCalls(isolatedVm: IsolatedVm): RealmCalls {
  let listener: GuestListener | undefined;
  const ask: HostBindings['ask'] = (question, subject, detail) => {
    try {
      return listener?.ask(text(question), text(subject), text(detail)) ?? '';
    } catch {
      return '';
    }
  };
  const write = (stream: unknown, chunk: unknown): void =>
    listener?.write(stream === 'stderr' ? 'stderr' : 'stdout', text(chunk));
  const call: HostBindings['call'] = (number, name, input) => listener?.call(Number(number), text(name), text(input));
  const report: HostBindings['report'] = (end, ...texts) =>
    listener?.report(end, text(texts[0]), text(texts[1]), text(texts[2]));
  return {
    callbacks: [
      new isolatedVm.Callback(ask),
      new isolatedVm.Callback(write, { ignored: true }),
      new isolatedVm.Callback(call, { ignored: true }),
      new isolatedVm.Callback(report, { ignored: true }),
    ],
    catastrophe: (message) => listener?.catastrophe(message),
    attach(next) {
      listener = next;
    },
  };
}

/** Makes the function that opens a realm's network with its step `network`; each job has a different listener. */
export function createNetworkOpener(
  { Callback }: IsolatedVm,
  enter: ivm.Reference,
  source: string,
): Guest['openNetwork'] {
  let network: NetworkListener | undefined;
  return async (atOnce, next) => {
    const isOpen = network !== undefined;
    network = next;
    if (isOpen) return;
    const say = new Callback(
      (connection: unknown, verb: unknown, words: unknown, bytes: unknown) =>
        network?.(Number(connection), text(verb), text(words), Number(bytes)),
      { ignored: true },
    );
    await enter.apply(undefined, ['network', source, say, atOnce]);
  };
}

/** Makes guests, all from the compiled form of one script. */
export class GuestFactory {
  readonly #ivm: IsolatedVm;
  readonly #source: string;
  readonly #cachedData: ivm.ExternalCopy<ArrayBuffer> | undefined;

  private constructor(isolatedVm: IsolatedVm, source: string, cachedData: ivm.ExternalCopy<ArrayBuffer> | undefined) {
    this.#ivm = isolatedVm;
    this.#source = source;
    this.#cachedData = cachedData;
  }

  /** Compiles the script on a thread of isolated-vm while the host does other work. */
  static async prepare(isolatedVm: IsolatedVm): Promise<GuestFactory> {
    const source = realmSource();
    const isolate = new isolatedVm.Isolate();
    const options = { filename: realmFileName, produceCachedData: true } as const;
    const script: ivm.Script & ivm.CachedDataResult = await isolate.compileScript(source, options);
    isolate.dispose();
    return new GuestFactory(isolatedVm, source, script.cachedData);
  }

  /**
   * Makes a guest on the caller's own thread, because switching threads costs more than it saves: isolated-vm can do
   * only half of the 1.5 ms elsewhere, and three switches there and back take as long.
   */
  create(memoryMb: number): Guest {
    const calls = createCalls(this.#ivm);
    const isolate = new this.#ivm.Isolate({ memoryLimit: memoryMb, onCatastrophicError: calls.catastrophe });
    const context = isolate.createContextSync();
    const cached = this.#cachedData && { cachedData: this.#cachedData };
    const script = isolate.compileScriptSync(this.#source, { filename: realmFileName, ...cached });
    const make = script.runSync(context, { reference: true, release: true });
    const entry: ivm.Reference = make.applySync(undefined, [...calls.callbacks], { result: { reference: true } });
    make.release();
    entry.applySync(undefined, ['rehearse']);
    return {
      isolate,
      heap: isolate.getHeapStatisticsSync(),
      enter: (...step) => entry.apply(undefined, step as never),
      openNetwork: createNetworkOpener(this.#ivm, entry, networkSource),
      enterFor: (timeoutMs, ...step) => entry.apply(undefined, step as never, { timeout: timeoutMs }),
      async evaluate(source, filename) {
        const value = await context.eval(source, { filename, reference: true });
        await entry.apply(undefined, ['value', value.derefInto({ release: true })]);
      },
      attach: (listener) => calls.attach(listener),
      dispose() {
        if (!isolate.isDisposed) isolate.dispose();
      },
    };
  }
}
