import { constants } from 'node:os';
import type ivm from 'isolated-vm';
import { connectionsAtOnce } from '../../../contract/api/network-limits.ts';
import { createCalls, createNetworkOpener, type Guest, type IsolatedVm } from '../../isolate/host/guest/guest.ts';
import { realmFileName, requestsSource } from '../../isolate/host/guest/realm-source.ts';
import { realmBytes, Weights } from './weights.ts';

/**
 * Indexes of the numbers that a realm shares with its host: the number of messages, a pending signal, and the number of
 * pages that WebAssembly took.
 */
const [messageCount, signal, pages, count] = [0, 1, 2, 3] as const;
const pageBytes = 65_536;

/** Makes guests of one language. */
export interface GuestKind {
  /** The script whose value makes a realm; see `wasm-realm-source`. */
  readonly source: string;
  /** Memory limit of the isolate for a job with `memoryMb`. */
  heapMb(memoryMb: number): number;
  /** Loads the interpreter into the realm. */
  prepare(isolate: ivm.Isolate, context: ivm.Context, entry: ivm.Reference): Promise<void>;
}

/**
 * Makes guests with an interpreter, one at a time: each keeps a core busy for a fifth of a second, on a separate
 * thread. isolated-vm has few threads, and jobs need them first.
 */
export class WasmGuests {
  readonly #ivm: IsolatedVm;
  readonly #kind: GuestKind;
  #last: Promise<unknown> = Promise.resolve();

  constructor(isolatedVm: IsolatedVm, kind: GuestKind) {
    this.#ivm = isolatedVm;
    this.#kind = kind;
  }

  /** @param isSpare Whether there is time to load parts that are otherwise loaded at their first use. */
  create(memoryMb: number, isSpare: boolean = false): Promise<Guest> {
    const made = this.#last.then(() => this.#create(memoryMb, isSpare));
    this.#last = made.catch(() => undefined);
    return made;
  }

  async #create(memoryMb: number, isSpare: boolean): Promise<Guest> {
    const calls = createCalls(this.#ivm);
    const { source, heapMb, prepare } = this.#kind;
    const limitMb = heapMb(memoryMb);
    const isolate = new this.#ivm.Isolate({ memoryLimit: limitMb, onCatastrophicError: calls.catastrophe });
    const context = await isolate.createContext();
    const script = await isolate.compileScript(source, { filename: realmFileName });
    const make = await script.run(context, { reference: true, release: true });
    const cells = new Int32Array(new SharedArrayBuffer(4 * count));
    let weights: Weights | undefined;
    const weigh = new this.#ivm.Callback(() => weights?.grow());
    const given = [new this.#ivm.ExternalCopy(cells.buffer).copyInto({ release: true }), weigh, ...calls.callbacks];
    const entry: ivm.Reference = await make.apply(undefined, given, { result: { reference: true } });
    make.release();
    await prepare(isolate, context, entry);
    if (isSpare) await entry.apply(undefined, ['warm']);
    const heap = await isolate.getHeapStatistics();
    const own = new Weights(this.#ivm, heap, limitMb, () => Atomics.load(cells, pages) * pageBytes);
    weights = own;
    const openNetwork = createNetworkOpener(this.#ivm, entry, requestsSource);
    return {
      isolate,
      heap,
      ownBytes: own.ownBytes,
      allowedBytes: realmBytes,
      uncountedBytes: () => own.uncountedBytes,
      open(limitMb) {
        void entry.apply(undefined, ['keep', own.open(limitMb)]).catch(() => undefined);
      },
      enter: (...step) => entry.apply(undefined, step as never),
      // Excess connections are not queued in the realm: they would wait for connections that only the guest can close.
      // The engine refuses them.
      openNetwork: (_atOnce, listener) => openNetwork(connectionsAtOnce, listener),
      wake() {
        Atomics.add(cells, messageCount, 1);
        Atomics.notify(cells, messageCount);
      },
      interrupt() {
        Atomics.store(cells, signal, constants.signals.SIGINT);
        Atomics.notify(cells, signal);
      },
      attach: (listener) => calls.attach(listener),
      dispose() {
        if (!isolate.isDisposed) isolate.dispose();
      },
    };
  }
}
