import { createEngine, executionResultSchema, type Language } from 'hotcell';
import { afterAll, describe, expect, test } from 'vitest';
import { cases } from './cases.ts';

const engine = createEngine();
afterAll(() => engine.close());

/** Which guest code stands for which language: TypeScript runs what JavaScript does. */
const guestOf = { javascript: 'javascript', typescript: 'javascript', python: 'python', bash: 'bash' } as const;

const homes = [
  { backend: 'isolate', language: 'javascript' },
  { backend: 'isolate', language: 'typescript' },
  { backend: 'docker', language: 'python' },
  { backend: 'docker', language: 'bash' },
] as const satisfies readonly { backend: string; language: Language }[];

for (const { backend, language } of homes) {
  describe(`${backend}, ${language}`, () => {
    for (const { name, guests, request, check } of cases) {
      const guest = guests[guestOf[language]];
      if ('skip' in guest) {
        test.skip(`${name} (${guest.skip})`);
        continue;
      }
      test.concurrent(name, async () => {
        const asked = { timeoutMs: 10_000, ...request?.limits, ...guest.limits };
        const result = await engine.execute({ ...request, ...guest, language, backend, limits: asked });
        expect(executionResultSchema.safeParse(result).error).toBeUndefined();
        expect(result.sandbox).toMatchObject({ backend, isolation: 'fresh' });
        expect(result.limits).toMatchObject(asked);
        check(result, language);
      });
    }
  });
}
