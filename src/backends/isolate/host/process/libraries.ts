/**
 * What only some jobs need is loaded at its first use. All of it goes through this file: Node looks a package up once
 * for each file that imports it, and after root was given up the package may lie where it cannot be looked up any more.
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

/** Loads everything, so that no job waits for it. Free from the second call on. */
export async function loadLibraries(): Promise<void> {
  for (const load of [loadCrypto, loadAcorn, loadTar, loadSourceMaps, () => stripTypeScriptTypes('')]) {
    await load();
    // A job that came meanwhile goes first.
    await setImmediate();
  }
}
