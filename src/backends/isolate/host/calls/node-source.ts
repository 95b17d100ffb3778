import { createRequire } from 'node:module';

const require = createRequire(import.meta.url);

/** The text of a module of `realm/node`; '' if there is none. The texts are loaded at the first use. */
export function nodeSource(name: string): string {
  const ending = import.meta.url.slice(-3);
  const { nodeSources } = require(`../guest/node-sources${ending}`) as typeof import('../guest/node-sources.ts');
  return nodeSources.get(name) ?? '';
}
