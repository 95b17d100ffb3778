import { stripTypeScriptTypes } from 'node:module';

/** Loads what only some jobs need, so that none of them waits for it. Free from the second call on. */
export async function loadLibraries(): Promise<void> {
  await import('acorn');
  await import('tar-stream');
  await import('@jridgewell/trace-mapping');
  stripTypeScriptTypes('');
}
