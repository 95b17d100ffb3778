/**
 * What only some jobs need is loaded at its first use. All of it goes through this file: Node looks a package up once
 * for each file that imports it, and after root was given up the package may lie where it cannot be looked up any more.
 */
import { stripTypeScriptTypes } from 'node:module';

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
  await loadAcorn();
  await loadTar();
  await loadSourceMaps();
  stripTypeScriptTypes('');
}
