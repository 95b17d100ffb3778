import type { Command } from 'commander';
import type { PreparationStep } from '../contract/api/backend-reports.ts';
import { errorTable, HotcellError } from '../contract/api/errors.ts';
import { createEngine } from '../engine.ts';
import { formatChecks } from './doctor.ts';
import { StatusLine } from './status-line.ts';
import { formatMs, paint } from './style.ts';

interface SetupOptions {
  readonly quiet?: boolean;
  readonly containers?: boolean;
  readonly data?: boolean;
}

/** Adds `hotcell setup` to the command line. */
export function addSetup(program: Command): void {
  program
    .command('setup')
    .summary('find the Docker engine and build the images')
    .description('Prepares this machine for the first calls: builds or pulls missing images. Safe to repeat.')
    .option('--quiet', 'print only what was built and what failed')
    .option('--containers', "also build the image for isolates in containers (placement 'container')")
    .option('--data', 'also build the image python-data: Python with numpy, pandas, matplotlib and more (530 MB)')
    .action(async ({ quiet, containers, data }: SetupOptions) => {
      const placement = containers ? 'container' : 'process';
      await using engine = createEngine({ closeGraceMs: 0, isolate: { placement }, docker: { preparesData: data } });
      const failure = await prepare((report) => engine.prepare(report));
      if (failure) {
        process.stderr.write(`${failure.message}\n`);
        process.exitCode = errorTable[failure.code].exit;
      }
      if (!quiet) process.stdout.write(formatChecks(await engine.check()));
    });
}

/** Shows the steps as they run: on a terminal in one updated line, elsewhere with one line for each finished step. */
async function prepare(
  work: (report: (step: PreparationStep) => void) => Promise<void>,
): Promise<HotcellError | undefined> {
  using status = new StatusLine('looking for a Docker engine');
  const sinceMs = new Map<string, number>();
  try {
    await work(({ step, state, detail }) => {
      const startMs = sinceMs.get(step) ?? performance.now();
      sinceMs.set(step, startMs);
      if (state === 'running') {
        status.text = `${step}: ${detail}`;
        return;
      }
      const mark = state === 'done' ? paint(process.stdout, 'green', '✓') : paint(process.stdout, 'red', '✗');
      const took = paint(process.stdout, 'dim', formatMs(performance.now() - startMs));
      status.write(process.stdout, `${mark} ${step.padEnd(16)} ${detail} ${took}\n`);
    });
    return undefined;
  } catch (error) {
    if (error instanceof HotcellError) return error;
    throw error;
  }
}
