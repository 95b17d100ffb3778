import { availableParallelism } from 'node:os';
import { fileURLToPath } from 'node:url';
import { defineConfig } from 'vitest/config';
import { testGroups } from './test/support/report/groups.ts';
import { PromiseReporter } from './test/support/report/promise-reporter.ts';
import { TimeReporter } from './test/support/report/time-reporter.ts';

const root = fileURLToPath(new URL('.', import.meta.url));
/** Where continuous integration wants the results, as JSON. */
const report = process.env.HOTCELL_TEST_REPORT;

// biome-ignore lint/style/noDefaultExport: vitest reads its configuration from the default export
export default defineConfig({
  resolve: { alias: { hotcell: `${root}src/index.ts` } },
  test: {
    pool: 'forks',
    // Most tests wait for a container or a deadline most of the time: two at least fill two processors.
    maxWorkers: Math.max(2, availableParallelism() - 1),
    execArgv: ['--no-node-snapshot'],
    // These end what hangs. No test is meant to come near them, nor waits for them, on a machine ten times slower.
    testTimeout: 180_000,
    hookTimeout: 300_000,
    expect: { poll: { timeout: 120_000, interval: 50 } },
    reporters: [
      'default',
      new TimeReporter(root, `${root}node_modules/.cache/hotcell/test-times.json`),
      new PromiseReporter(root),
      ...(report ? (['json'] as const) : []),
    ],
    outputFile: report ? { json: report } : {},
    projects: testGroups.map(({ name }) => ({
      extends: true as const,
      test: { name, include: [`test/${name}/**/*.test.ts`] },
    })),
  },
});
