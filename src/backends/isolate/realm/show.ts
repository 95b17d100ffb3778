import type { Intrinsics } from './intrinsics.ts';
import type { createReporter } from './value.ts';

/** Defines `display` and `hotcell.progress`; returns the object `hotcell`. The host answers '' or says what is wrong with what it is to show. */
export function installShow(
  { define, isView, sleep }: Intrinsics,
  ask: (question: string, subject: string, detail: string) => string,
  { describeValue }: Pick<ReturnType<typeof createReporter>, 'describeValue'>,
  fromBytes: (bytes: ArrayBuffer) => string,
): object {
  const OwnTypeError = TypeError;
  const tell = (question: string, subject: string, detail: string): void => {
    const refusal = ask(question, subject, detail);
    if (refusal !== '') throw new OwnTypeError(refusal);
  };
  define(globalThis, 'display', (value: unknown, mediaType?: unknown): void => {
    const type = mediaType === undefined ? '' : `${mediaType as string}`;
    // What the engine has not taken lies in the host's memory.
    while (ask('drained', '', '') !== 'yes') sleep(2);
    if (isView(value) || value instanceof ArrayBuffer) {
      tell('show-bytes', type, fromBytes(value as ArrayBuffer));
    } else if (typeof value === 'string') {
      tell('show-text', type || 'text/plain', value);
    } else {
      const { kind, text } = describeValue(value);
      const own = kind === 'json' ? 'application/json' : 'text/plain';
      tell('show-text', type || own, kind === 'none' ? 'undefined' : text);
    }
  });
  const hotcell: object = {
    __proto__: null,
    progress: (fraction: unknown, text?: unknown): void =>
      tell('progress', `${+(fraction as number)}`, text === undefined ? '' : `${text as string}`),
  };
  define(globalThis, 'hotcell', hotcell);
  return hotcell;
}
