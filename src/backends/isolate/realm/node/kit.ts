import type { Formatter } from '../console.ts';
import type { ByteText, Utf8Text } from '../encoding.ts';
import type { Intrinsics } from '../intrinsics.ts';
import type { Writer } from '../writer.ts';

/**
 * What a module of this folder is made of. Modules are not part of the realm's own script: the realm asks its host for
 * the text of each when the guest first uses it, and evaluates it in the guest's isolate. They hold no more than the
 * guest has without them: what they do, the guest could do.
 */
export interface Kit {
  readonly intrinsics: Intrinsics;
  readonly bytes: ByteText & Utf8Text;
  readonly formatter: Formatter;
  /** All that the formatter's package has. */
  readonly inspectModule: () => Readonly<Record<string, unknown>>;
  readonly ask: (question: string, subject: string, detail?: string) => string;
  readonly write: Writer;
  /** The job's own files; each function throws an Error with a sentence. */
  readonly files: KitFiles;
  /** Another module. */
  readonly load: (name: string) => never;
  /** What the call that runs has. */
  readonly given: () => { readonly env: Readonly<Record<string, string>>; readonly stdin: string };
  /** Ends the program. */
  readonly exit: (code: number) => never;
  /** Of the realm's start, in milliseconds. */
  readonly startedAt: number;
  readonly timers: Pick<typeof globalThis, 'setTimeout' | 'setInterval' | 'setImmediate' | 'queueMicrotask'>;
}

/** Files by their paths under the workspace. */
export interface KitFiles {
  read(path: string): Uint8Array;
  write(path: string, content: Uint8Array): void;
  append(path: string, content: Uint8Array): void;
  remove(path: string): void;
  /** The size of a file in bytes; `undefined` if there is none. */
  size(path: string): number | undefined;
  list(): readonly string[];
}
