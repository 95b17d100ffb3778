import { globSync } from 'node:fs';
import { relative } from 'node:path';
import type { Reporter, TestModule, TestSpecification, Vitest } from 'vitest/node';
import { findBroken, type Promised, readAllPromises } from './promises.ts';

/**
 * Fails a run if a test did not keep the promise of a page that cites it. A run of some files checks the promises of
 * those files. A run of some tests by name (`-t`) checks none, because the other tests count as skipped.
 */
export class PromiseReporter implements Reporter {
  readonly #root: string;
  #vitest: Vitest | undefined;
  #isWhole = false;

  constructor(root: string) {
    this.#root = root;
  }

  onInit(vitest: Vitest): void {
    this.#vitest = vitest;
  }

  onTestRunStart(specifications: readonly TestSpecification[]): void {
    const ran = new Set(specifications.map(({ moduleId }) => relative(this.#root, moduleId)));
    // The test runner knows only the files of the selected projects.
    this.#isWhole = globSync('test/**/*.test.ts', { cwd: this.#root }).every((file) => ran.has(file));
  }

  onTestRunEnd(modules: readonly TestModule[]): void {
    const vitest = this.#vitest;
    if (!vitest || vitest.config.testNamePattern !== undefined) return;
    const fileOf = (module: TestModule): string => relative(this.#root, module.moduleId);
    const reported = modules.flatMap((module) =>
      [...module.children.allTests()].map((test) => ({
        file: fileOf(module),
        name: test.fullName,
        state: test.result().state,
      })),
    );
    const promises: readonly Promised[] = readAllPromises(this.#root);
    const broken = findBroken(promises, reported, new Set(modules.map(fileOf)), this.#isWhole);
    if (broken.length === 0) return;
    process.exitCode = 1;
    vitest.logger.error(`\n${broken.length} promises of the pages were not kept in this run:\n${broken.join('\n')}`);
  }
}
