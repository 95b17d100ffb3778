import { createEngine, executionResultSchema, type Language } from 'hotcell';
import { afterAll, describe, expect, test } from 'vitest';
import { type IsolatePlace, testPlaces } from '../support/placements.ts';
import { tenantRuntimes, testRuntimes } from '../support/runtimes.ts';
import { cases } from './cases.ts';
import { toolCases } from './tool-cases.ts';

/** Which guest code stands for which language: TypeScript runs what JavaScript does. */
const guestOf = { javascript: 'javascript', typescript: 'javascript', python: 'python', bash: 'bash' } as const;

interface Home {
  readonly backend: 'isolate' | 'docker';
  readonly language: Language;
  /** The containers' runtime; without one, the engine's defaults hold. */
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
  ...testRuntimes.flatMap((runtime): Home[] => [
    { backend: 'docker', language: 'python', runtime },
    { backend: 'docker', language: 'bash', runtime },
  ]),
  ...tenantRuntimes.flatMap((runtime): Home[] => [
    { backend: 'docker', language: 'python', runtime, isolation: 'tenant' },
    { backend: 'docker', language: 'bash', runtime, isolation: 'tenant' },
  ]),
];

for (const { backend, language, runtime, placement, isolation } of homes) {
  describe([backend, language, placement, runtime, isolation].filter(Boolean).join(', '), () => {
    const engine = createEngine({ docker: { runtime }, isolate: { placement } });
    afterAll(() => engine.close());
    for (const { name, guests, request, check } of [...cases, ...toolCases]) {
      const guest = guests[guestOf[language]];
      if ('skip' in guest) {
        test.skip(`${name} (${guest.skip})`);
        continue;
      }
      test.concurrent(name, async () => {
        const asked = { timeoutMs: 10_000, ...request?.limits, ...guest.limits };
        const result = await engine.execute({ ...request, ...guest, language, backend, isolation, limits: asked });
        expect(executionResultSchema.safeParse(result).error).toBeUndefined();
        const said = backend === 'isolate' ? 'v8' : runtime;
        expect(result.sandbox).toMatchObject({ backend, isolation: isolation ?? 'fresh', runtime: said });
        expect('image' in JSON.parse(JSON.stringify(result.sandbox))).toBe(placement !== 'process');
        expect(result.limits).toMatchObject(asked);
        check(result, language);
      });
    }
  });
}
