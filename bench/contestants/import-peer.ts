import { LeftOut } from '../contestant.ts';

/**
 * A peer's module; its types are the caller's business, because it need not be there.
 * @throws {LeftOut} where it is not installed
 */
export async function importPeer<Module>(name: string): Promise<Module> {
  return (await import(peerUrl(name))) as Module;
}

/**
 * Where a peer's module lies.
 * @throws {LeftOut} where it is not installed
 */
export function peerUrl(name: string): string {
  try {
    return import.meta.resolve(name);
  } catch {
    throw new LeftOut(`the package ${name} is not installed in bench/`);
  }
}
