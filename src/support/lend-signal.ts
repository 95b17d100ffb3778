import { callCallerFunction } from './caller-values.ts';
import { whenAborted } from './when-aborted.ts';

const { addEventListener, removeEventListener } = EventTarget.prototype;

type AddArguments = Parameters<AbortSignal['addEventListener']>;
type Listener = AddArguments[1];

/**
 * A signal for a caller's function, which follows one of the engine's. The function may freeze it, stop its events, or
 * add listeners that throw or reject. Node ends the process for such a listener; this signal prevents that.
 */
export function lendSignal(own: AbortSignal): AbortSignal {
  const controller = new AbortController();
  guardListeners(controller.signal);
  whenAborted(own, () => {
    try {
      controller.abort(own.reason);
    } catch {
      // A frozen signal cannot be aborted.
    }
  });
  return controller.signal;
}

/** Replaces the methods that add listeners on this one signal. */
function guardListeners(signal: AbortSignal): void {
  const guarded = new WeakMap<object, (event: Event) => void>();
  // The method itself refuses or ignores anything else.
  const guard = (listener: Listener): Listener => {
    if (typeof listener !== 'function' && (typeof listener !== 'object' || listener === null)) return listener;
    let wrapper = guarded.get(listener);
    if (!wrapper) {
      wrapper = (event) =>
        void callCallerFunction(() =>
          typeof listener === 'function' ? listener.call(signal, event) : listener.handleEvent(event),
        );
      guarded.set(listener, wrapper);
    }
    return wrapper;
  };
  let onabort: AbortSignal['onabort'] = null;
  Object.defineProperties(signal, {
    addEventListener: {
      configurable: true,
      value: (type: string, listener: Listener, options?: AddArguments[2]) =>
        addEventListener.call(signal, type, guard(listener), options),
    },
    removeEventListener: {
      configurable: true,
      value: (type: string, listener: Listener, options?: EventListenerOptions) =>
        removeEventListener.call(signal, type, guard(listener), options),
    },
    onabort: {
      configurable: true,
      get: () => onabort,
      set(listener: AbortSignal['onabort']) {
        if (onabort) removeEventListener.call(signal, 'abort', guard(onabort));
        onabort = typeof listener === 'function' ? listener : null;
        if (onabort) addEventListener.call(signal, 'abort', guard(onabort));
      },
    },
  });
}
