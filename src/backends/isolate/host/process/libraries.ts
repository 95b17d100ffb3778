/**
 * Loads libraries that only some jobs need, at their first use. All such imports are in this file: Node resolves a
 * package once for each importing file, and without root the package's folder may be unreadable.
 */
import { stripTypeScriptTypes } from 'node:module';
import { setImmediate } from 'node:timers/promises';

export function loadCrypto(): typeof import('node:crypto') {
  return process.getBuiltinModule('node:crypto');
}

export function loadAcorn(): Promise<typeof import('acorn')> {
  return import('acorn');
}

export function loadTar(): Promise<typeof import('tar-stream')> {
  return import('tar-stream');
}

export function loadSourceMaps(): Promise<typeof import('@jridgewell/trace-mapping')> {
  return import('@jridgewell/trace-mapping');
}

/** Loads everything, so that no job waits for it. Costs nothing from the second call on. */
export async function loadLibraries(): Promise<void> {
  for (const load of [loadCrypto, loadAcorn, loadTar, loadSourceMaps, () => stripTypeScriptTypes('')]) {
    await load();
    // A job that arrived meanwhile goes first.
    await setImmediate();
  }
}
