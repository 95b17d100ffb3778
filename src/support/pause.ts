/** Settles after a time, or sooner where the signal is aborted. */
export function pause(ms: number, signal: AbortSignal): Promise<void> {
  const { promise, resolve } = Promise.withResolvers<void>();
  const settle = (): void => {
    clearTimeout(timer);
    signal.removeEventListener('abort', settle);
    resolve();
  };
  const timer = setTimeout(settle, ms);
  if (signal.aborted) settle();
  else signal.addEventListener('abort', settle, { once: true });
  return promise;
}
