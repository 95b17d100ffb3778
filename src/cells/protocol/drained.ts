import type { EventEmitter } from 'node:events';

const events = ['drain', 'close', 'error'] as const;

/** Settles when a writable stream takes more, or never will. */
export function drained(stream: Pick<EventEmitter, 'on' | 'off'>): Promise<void> {
  const { promise, resolve } = Promise.withResolvers<void>();
  const settle = (): void => {
    for (const event of events) stream.off(event, settle);
    resolve();
  };
  for (const event of events) stream.on(event, settle);
  return promise;
}
