import type { DeepEqual } from './deep-equal.ts';
import type { NodeErrors } from './errors.ts';
import type { Kit } from './kit.ts';

type Callback = (error: unknown, value?: unknown) => void;

/** Makes `util`. */
export function createUtil({ formatter, inspectModule, load, write }: Kit): object {
  const { wrongType } = load('errors') as NodeErrors;
  const deepEqual = load('deep-equal') as DeepEqual;
  const { inspect, format, formatWithOptions, stripVTControlCharacters } = inspectModule();
  const customPromisify = Symbol.for('nodejs.util.promisify.custom');
  const tag = (value: unknown): string => Object.prototype.toString.call(value).slice(8, -1);
  const isOf =
    (...tags: readonly string[]) =>
    (value: unknown): boolean =>
      typeof value === 'object' && value !== null && tags.includes(tag(value));
  const isCallable = (value: unknown, name: string): boolean =>
    typeof value === 'function' && Object.getPrototypeOf(value)?.constructor?.name === name;
  const typed = Object.getPrototypeOf(Uint8Array.prototype) as object;
  const kindOf = Object.getOwnPropertyDescriptor(typed, Symbol.toStringTag)?.get as () => string | undefined;
  const isTyped = (name?: string) => (value: unknown) =>
    ArrayBuffer.isView(value) && (name === undefined ? kindOf.call(value) !== undefined : kindOf.call(value) === name);
  const types: Record<string, (value: unknown) => boolean> = {
    isAnyArrayBuffer: isOf('ArrayBuffer', 'SharedArrayBuffer'),
    isArrayBuffer: isOf('ArrayBuffer'),
    isArrayBufferView: (value) => ArrayBuffer.isView(value),
    isArgumentsObject: isOf('Arguments'),
    isAsyncFunction: (value) => isCallable(value, 'AsyncFunction') || isCallable(value, 'AsyncGeneratorFunction'),
    isBigInt64Array: isTyped('BigInt64Array'),
    isBigUint64Array: isTyped('BigUint64Array'),
    isBooleanObject: (value) => typeof value === 'object' && value instanceof Boolean,
    isBoxedPrimitive: (value) => typeof value === 'object' && value !== null && Object(value.valueOf()) === value,
    isDataView: (value) => ArrayBuffer.isView(value) && kindOf.call(value) === undefined,
    isDate: (value) => value instanceof Date,
    isFloat32Array: isTyped('Float32Array'),
    isFloat64Array: isTyped('Float64Array'),
    isGeneratorFunction: (value) =>
      isCallable(value, 'GeneratorFunction') || isCallable(value, 'AsyncGeneratorFunction'),
    isGeneratorObject: isOf('Generator', 'AsyncGenerator'),
    isInt8Array: isTyped('Int8Array'),
    isInt16Array: isTyped('Int16Array'),
    isInt32Array: isTyped('Int32Array'),
    isMap: (value) => value instanceof Map,
    isMapIterator: isOf('Map Iterator'),
    isNativeError: (value) => value instanceof Error,
    isNumberObject: (value) => typeof value === 'object' && value instanceof Number,
    isPromise: (value) => value instanceof Promise,
    isRegExp: (value) => value instanceof RegExp,
    isSet: (value) => value instanceof Set,
    isSetIterator: isOf('Set Iterator'),
    isStringObject: (value) => typeof value === 'object' && value instanceof String,
    isTypedArray: isTyped(),
    isUint8Array: isTyped('Uint8Array'),
    isUint8ClampedArray: isTyped('Uint8ClampedArray'),
    isUint16Array: isTyped('Uint16Array'),
    isUint32Array: isTyped('Uint32Array'),
    isWeakMap: (value) => value instanceof WeakMap,
    isWeakSet: (value) => value instanceof WeakSet,
  };
  const promisify = (original: unknown): unknown => {
    if (typeof original !== 'function') return wrongType('"original"', 'of type function', original);
    const own = (original as { [customPromisify]?: unknown })[customPromisify as never];
    if (typeof own === 'function') return own;
    const promised = function (this: unknown, ...values: unknown[]): Promise<unknown> {
      return new Promise((resolve, reject) => {
        const done: Callback = (error, value) => (error ? reject(error) : resolve(value));
        Reflect.apply(original, this, [...values, done]);
      });
    };
    Object.setPrototypeOf(promised, Object.getPrototypeOf(original));
    return Object.defineProperties(promised, Object.getOwnPropertyDescriptors(original));
  };
  const styles: Record<string, readonly [number, number]> = {
    __proto__: null,
    reset: [0, 0],
    bold: [1, 22],
    dim: [2, 22],
    italic: [3, 23],
    underline: [4, 24],
    inverse: [7, 27],
    black: [30, 39],
    red: [31, 39],
    green: [32, 39],
    yellow: [33, 39],
    blue: [34, 39],
    magenta: [35, 39],
    cyan: [36, 39],
    white: [37, 39],
    gray: [90, 39],
    grey: [90, 39],
  } as never;
  return {
    inspect,
    format,
    formatWithOptions,
    stripVTControlCharacters,
    types,
    promisify: Object.assign(promisify, { custom: customPromisify }),
    callbackify: (original: unknown) => {
      if (typeof original !== 'function') return wrongType('"original"', 'of type function', original);
      return function (this: unknown, ...values: unknown[]): void {
        const done = values.pop() as Callback;
        if (typeof done !== 'function') wrongType('last', 'of type function', done);
        (Reflect.apply(original, this, values) as Promise<unknown>).then(
          (value) => queueMicrotask(() => done(null, value)),
          (error: unknown) => queueMicrotask(() => done(error ?? new Error('Promise was rejected with falsy value'))),
        );
      };
    },
    inherits: (child: { super_?: unknown; prototype: object }, parent: { prototype: object }) => {
      if (typeof child !== 'function') wrongType('"ctor"', 'of type function', child);
      if (typeof parent !== 'function') wrongType('"superCtor"', 'of type function', parent);
      Object.defineProperty(child, 'super_', { value: parent, writable: true, configurable: true });
      Object.setPrototypeOf(child.prototype, parent.prototype);
    },
    deprecate: (original: (...values: unknown[]) => unknown, message: string, code?: string) => {
      let isSaid = false;
      return function (this: unknown, ...values: unknown[]): unknown {
        if (!isSaid) write('stderr', `DeprecationWarning:${code ? ` [${code}]` : ''} ${message}\n`);
        isSaid = true;
        return new.target ? Reflect.construct(original, values, new.target) : Reflect.apply(original, this, values);
      };
    },
    debuglog: () => Object.assign(() => undefined, { enabled: false }),
    debug: () => Object.assign(() => undefined, { enabled: false }),
    isDeepStrictEqual: (a: unknown, b: unknown) => deepEqual(a, b, true),
    isArray: Array.isArray,
    toUSVString: (text: unknown) => `${text as string}`.toWellFormed(),
    styleText: (format: string | readonly string[], text: string, options?: { validateStream?: boolean }) => {
      let styled = text;
      for (const name of [format].flat().reverse()) {
        const [open, close] = styles[name] ?? wrongType('"format"', `one of ${Object.keys(styles).join(', ')}`, name);
        // As Node has it for output that is not a terminal.
        if (options?.validateStream === false) styled = `\u001b[${open}m${styled}\u001b[${close}m`;
      }
      return styled;
    },
    getSystemErrorName: (code: number) => formatter.inspect(code),
    TextEncoder: globalThis.TextEncoder,
    TextDecoder: globalThis.TextDecoder,
  };
}
