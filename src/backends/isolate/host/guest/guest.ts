import type ivm from 'isolated-vm';
import type { HostBindings, RealmEnd } from '../../realm/bootstrap.ts';
import { networkSource, realmFileName, realmSource } from './realm-source.ts';

/** `isolated-vm` itself, handed in: it is loaded in one place. */
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

/** Hears what a realm says of its network; see `realm/fetch`. */
export type NetworkListener = (connection: number, verb: string, text: string, bytes: number) => void;

/** An isolate with a realm, ready for its one job. */
export interface Guest {
  readonly isolate: ivm.Isolate;
  /** Its heap before the guest's first line. */
  readonly heap: ivm.HeapStatistics;
  /** What an interpreter takes before it has done anything, in bytes: the guest does not pay for it. */
  readonly ownBytes?: number;
  /** What its realm may take besides, in bytes, before the guest pays. */
  readonly allowedBytes?: number;
  /** What the isolate's count of memory has too little, in bytes, or too much: then it is below 0. */
  uncountedBytes?(): number;
  /** Holds an interpreter to the limit of the job that comes, before its first step; the isolate's own is another. */
  open?(memoryMb: number): void;
  /** Drives the realm: `RealmEntry` of `realm/bootstrap`. Steps that are sent together run one after the other. */
  enter(...step: readonly (string | number | boolean)[]): Promise<unknown>;
  /** Gives the realm a network, of which `atOnce` requests may be open, before a job. */
  openNetwork(atOnce: number, listener: NetworkListener): Promise<void>;
  /** The same, but that V8 stops the step when it has run for so long; the guest is as it is then. */
  enterFor?(timeoutMs: number, ...step: readonly (string | number | boolean)[]): Promise<unknown>;
  /**
   * Has V8 run a script of its own in the realm, after the step `start`, and hands its value to the realm. Rejects with
   * a copy of what it throws.
   */
  evaluate?(source: string, fileName: string): Promise<unknown>;
  /** Sets who hears of this guest from now on. */
  attach(listener: GuestListener): void;
  /** Wakes a guest whose thread waits for an answer; there are only some that do. */
  wake?(): void;
  /** Asks what runs in it to stop, as Ctrl-C does; only interpreters take note, and go on with their next program. */
  interrupt?(): void;
  /** Ends the guest at once, whatever it does. */
  dispose(): void;
}

/** A realm's ways to its host, and who hears of them. */
export interface RealmCalls {
  readonly callbacks: readonly ivm.Callback[];
  readonly catastrophe: (message: string) => void;
  attach(listener: GuestListener): void;
}

const text = (value: unknown): string => (typeof value === 'string' ? value : '');

/** Makes the calls of one guest. Whatever it may send, the host gets texts only, and never throws into the guest. */
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

/** Makes what gives a realm its network, by its step `network`; who hears of it is another one with each job. */
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

  /** Compiles the script on a thread of isolated-vm, while the host has other things to do. */
  static async prepare(isolatedVm: IsolatedVm): Promise<GuestFactory> {
    const source = realmSource();
    const isolate = new isolatedVm.Isolate();
    const options = { filename: realmFileName, produceCachedData: true } as const;
    const script: ivm.Script & ivm.CachedDataResult = await isolate.compileScript(source, options);
    isolate.dispose();
    return new GuestFactory(isolatedVm, source, script.cachedData);
  }

  /**
   * Makes one on the caller's own thread, because a change of threads costs more than it brings: of the 1.5 ms that it
   * takes, isolated-vm can do half elsewhere only, and three changes there and back take as much again.
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
