import { createEngine, executionResultSchema, type Language } from 'hotcell';
import { afterAll, describe, expect, test } from 'vitest';
import { type IsolatePlace, testPlaces } from '../support/placements.ts';
import { tenantRuntimes, testRuntimes } from '../support/runtimes.ts';
import { startWebServers } from '../support/web-servers.ts';
import { cases } from './cases.ts';
import { displayCases } from './display-cases.ts';
import { networkCases } from './network-cases.ts';
import { pythonCases } from './python-cases.ts';
import { streamCases } from './stream-cases.ts';
import { toolCases } from './tool-cases.ts';

/** The guest code for each language: TypeScript runs that of JavaScript. */
const guestOf = { javascript: 'javascript', typescript: 'javascript', python: 'python', bash: 'bash' } as const;

interface Home {
  readonly backend: 'isolate' | 'docker' | 'wasm';
  readonly language: Language;
  /** The containers' runtime; the engine's default if absent. */
  readonly runtime?: string | undefined;
  readonly isolation?: 'tenant' | undefined;
  readonly placement?: IsolatePlace['placement'];
}

const homes: readonly Home[] = [
  ...testPlaces.flatMap((place): Home[] => [
    { backend: 'isolate', language: 'javascript', ...place },
    { backend: 'isolate', language: 'typescript', ...place },
    { backend: 'isolate', language: 'javascript', ...place, isolation: 'tenant' },
  ]),
  { backend: 'wasm', language: 'python', placement: 'process' },
  { backend: 'wasm', language: 'bash', placement: 'process' },
  ...testRuntimes.flatMap((runtime): Home[] => [
    { backend: 'docker', language: 'python', runtime },
    { backend: 'docker', language: 'bash', runtime },
  ]),
  ...tenantRuntimes.flatMap((runtime): Home[] => [
    { backend: 'docker', language: 'python', runtime, isolation: 'tenant' },
    { backend: 'docker', language: 'bash', runtime, isolation: 'tenant' },
  ]),
];

const servers = await startWebServers();
afterAll(() => servers[Symbol.asyncDispose]());

for (const { backend, language, runtime, placement, isolation } of homes) {
  describe([backend, language, placement, runtime, isolation].filter(Boolean).join(', '), () => {
    const engine = createEngine({ docker: { runtime }, isolate: { placement }, egress: servers.egress });
    afterAll(() => engine.close());
    const own = [...cases, ...pythonCases, ...displayCases, ...streamCases, ...toolCases, ...networkCases(servers)];
    for (const { name, guests, wasm, request, check } of own) {
      const variant =
        backend === 'wasm' && (language === 'python' || language === 'bash') ? wasm?.[language] : undefined;
      const guest = variant ?? guests[guestOf[language]];
      if ('skip' in guest) {
        test.skip(`${name} (${guest.skip})`);
        continue;
      }
      test.concurrent(name, async ({ onTestFailed }) => {
        const asked = { timeoutMs: 60_000, ...request?.limits, ...guest.limits };
        const result = await engine.execute({ ...request, ...guest, language, backend, isolation, limits: asked });
        // The difference shows what a case expects of the result, and not why it is another one.
        onTestFailed(() => console.error(name, result.status, result.error, result.usage));
        expect(executionResultSchema.safeParse(result).error).toBeUndefined();
        const said = { isolate: 'v8', docker: runtime, wasm: expect.stringMatching(/^(pyodide|just-bash) \d/) }[
          backend
        ];
        expect(result.sandbox).toMatchObject({ backend, isolation: isolation ?? 'fresh', runtime: said });
        expect('image' in JSON.parse(JSON.stringify(result.sandbox))).toBe(placement !== 'process');
        expect(result.limits).toMatchObject(asked);
        check(result, language);
      });
    }
  });
}
