import type { Intrinsics } from './intrinsics.ts';

/** The host's requests about the memory of an isolate. */
export interface Buffers {
  /** Asks the isolate's allocator for `bytes` more; if it has no room for them, it has V8 collect all garbage. */
  collect(bytes: number): void;
}

/**
 * Makes resizable buffers count. V8 reserves their memory by itself, not through the isolate's allocator, which enforces
 * the memory limit. So each gets a fixed buffer of the same size as its weight. Nothing writes to the weight, and V8
 * collects both together.
 */
export function installBuffers({ define }: Pick<Intrinsics, 'define'>): Buffers {
  const Original = ArrayBuffer;
  const { apply, construct, getOwnPropertyDescriptor } = Reflect;
  const { prototype } = Original;
  const { resize, transfer: move } = prototype as unknown as Readonly<
    Record<'resize' | 'transfer', (...given: unknown[]) => never>
  >;
  const uncurry = (method: unknown): never => Function.prototype.call.bind(method as never) as never;
  const getter = (name: string): never => uncurry(getOwnPropertyDescriptor(prototype, name)?.get);
  const isResizable: (buffer: ArrayBuffer) => boolean = getter('resizable');
  const bytesOf: (buffer: ArrayBuffer) => number = getter('byteLength');
  const transfer: (buffer: ArrayBuffer, bytes?: number) => ArrayBuffer = uncurry(move);
  const weights = new WeakMap<ArrayBuffer, ArrayBuffer>();
  const weightOf: (map: typeof weights, buffer: ArrayBuffer) => ArrayBuffer | undefined = uncurry(weights.get);
  const setWeight: (map: typeof weights, buffer: ArrayBuffer, weight: ArrayBuffer) => void = uncurry(weights.set);
  const allocate = (bytes: number): ArrayBuffer => new Original(bytes);
  const free = (buffer: ArrayBuffer): void => void transfer(buffer, 0);

  /** Does what gives a resizable buffer `bytes`, with the weight for it; the old weight is back if either fails. */
  const reweigh = (buffer: ArrayBuffer, bytes: number, act: () => ArrayBuffer): ArrayBuffer => {
    const before = bytesOf(buffer);
    const old = weightOf(weights, buffer);
    if (old !== undefined) free(old);
    try {
      const weight = allocate(bytes);
      const result = act();
      setWeight(weights, result, weight);
      return result;
    } catch (error) {
      setWeight(weights, buffer, allocate(before));
      throw error;
    }
  };
  const methods: Record<string, unknown> = {
    resize(this: ArrayBuffer, length: unknown): void {
      const bytes = +(length as number);
      const act = (): ArrayBuffer => {
        apply(resize, this, [bytes]);
        return this;
      };
      if (isResizable(this)) reweigh(this, bytes, act);
      else act();
    },
    transfer(this: ArrayBuffer, ...length: readonly unknown[]): ArrayBuffer {
      if (!isResizable(this)) return apply(move, this, length);
      const bytes = length[0] === undefined ? bytesOf(this) : +(length[0] as number);
      return reweigh(this, bytes, () => transfer(this, bytes));
    },
  };
  for (const name in methods) define(prototype, name, methods[name]);

  const counted = new Proxy(Original, {
    // Without a prototype: a trap is looked up with each call.
    __proto__: null,
    construct(target: typeof Original, given: readonly unknown[], newTarget: NewableFunction): ArrayBuffer {
      const options = given[1];
      const most = typeof options === 'object' && options !== null ? (options as { maxByteLength?: unknown }) : {};
      const { maxByteLength } = most;
      if (maxByteLength === undefined) return construct(target, [given[0]], newTarget);
      const bytes = +(given[0] as number) || 0;
      const weight = allocate(bytes);
      const max = { __proto__: null, maxByteLength: +(maxByteLength as number) };
      const buffer: ArrayBuffer = construct(target, [bytes, max], newTarget);
      setWeight(weights, buffer, weight);
      return buffer;
    },
  } as unknown as ProxyHandler<typeof Original>);
  define(prototype, 'constructor', counted);
  define(globalThis, 'ArrayBuffer', counted);
  return {
    collect(bytes) {
      try {
        free(allocate(bytes));
      } catch {
        // There is no room, also without garbage.
      }
    },
  };
}
