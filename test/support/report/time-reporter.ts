import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, relative } from 'node:path';
import type { Reporter, TestModule, TestSpecification, Vitest } from 'vitest/node';
import { describePlan, describeTimes, type KnownTimes, type Paint, paintFor } from './run-times.ts';

/** Prints a plan at the start of a run, and its times at the end. */
export class TimeReporter implements Reporter {
  readonly #root: string;
  /** File that keeps the times of test files between runs. */
  readonly #timesPath: string;
  readonly #paint: Paint = paintFor(process.stdout);
  #vitest: Vitest | undefined;
  #startedAtMs = 0;

  constructor(root: string, timesPath: string) {
    this.#root = root;
    this.#timesPath = timesPath;
  }

  onInit(vitest: Vitest): void {
    this.#vitest = vitest;
  }

  onTestRunStart(specifications: readonly TestSpecification[]): void {
    this.#startedAtMs = performance.now();
    const files = specifications.map(({ moduleId }) => relative(this.#root, moduleId));
    const workers = Math.min(files.length, Number(this.#vitest?.config.maxWorkers ?? 1));
    this.#vitest?.logger.log(`\n${describePlan(files, this.#readTimes(), workers, this.#paint)}\n`);
  }

  onTestRunEnd(modules: readonly TestModule[]): void {
    const files = modules.map((module) => {
      const { prepareDuration, collectDuration, setupDuration, duration } = module.diagnostic();
      const tests = [...module.children.allTests()].map((test) => ({
        name: test.fullName,
        ms: test.diagnostic()?.duration ?? 0,
      }));
      const ms = prepareDuration + collectDuration + setupDuration + duration;
      return { file: relative(this.#root, module.moduleId), ms, tests };
    });
    const times = Object.fromEntries(files.map(({ file, ms }) => [file, Math.round(ms)]));
    mkdirSync(dirname(this.#timesPath), { recursive: true });
    writeFileSync(this.#timesPath, JSON.stringify({ ...this.#readTimes(), ...times }));
    const wallMs = performance.now() - this.#startedAtMs;
    this.#vitest?.logger.log(`\n${describeTimes(files, wallMs, this.#paint)}\n`);
  }

  #readTimes(): KnownTimes {
    try {
      return JSON.parse(readFileSync(this.#timesPath, 'utf8')) as KnownTimes;
    } catch {
      return {};
    }
  }
}
