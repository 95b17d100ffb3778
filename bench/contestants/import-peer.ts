import { LeftOut } from '../contestant.ts';

/**
 * Imports a peer's module. The caller gives its type, because the peer may not be installed.
 * @throws {LeftOut} if it is not installed
 */
export async function importPeer<Module>(name: string): Promise<Module> {
  return (await import(peerUrl(name))) as Module;
}

/**
 * URL of a peer's module.
 * @throws {LeftOut} if it is not installed
 */
export function peerUrl(name: string): string {
  try {
    return import.meta.resolve(name);
  } catch {
    throw new LeftOut(`the package ${name} is not installed in bench/`);
  }
}
