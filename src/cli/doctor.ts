import type { Command } from 'commander';
import type { Check } from '../contract/backend.ts';
import { errorTable } from '../contract/errors.ts';
import { createEngine } from '../engine.ts';
import { StatusLine } from './status-line.ts';
import { paint } from './style.ts';

/** Adds `hotcell doctor` to the command line. */
export function addDoctor(program: Command): void {
  program
    .command('doctor')
    .summary('say what works here and what to do where it does not')
    .description(
      `Checks this machine, a line each: ok, warn or fail with the remedy. Ends with ${errorTable.BACKEND_UNAVAILABLE.exit} where a line fails.`,
    )
    .option('--json', 'print the lines as JSON')
    .action(async ({ json }: { readonly json?: boolean }) => {
      await using engine = createEngine({ closeGraceMs: 0 });
      let checks: readonly Check[];
      {
        using _status = new StatusLine('looking around');
        checks = await engine.check();
      }
      process.stdout.write(json ? `${JSON.stringify(checks, null, 2)}\n` : checks.map(formatCheck).join(''));
      if (checks.some(({ verdict }) => verdict === 'fail')) process.exitCode = errorTable.BACKEND_UNAVAILABLE.exit;
    });
}

/** One check as a line, and its remedy as a second one. */
export function formatCheck({ name, verdict, detail, remedy }: Check): string {
  const colour = { ok: 'green', warn: 'yellow', fail: 'red' } as const;
  const line = `${paint(process.stdout, colour[verdict], verdict.padEnd(4))}  ${name.padEnd(22)} ${detail}\n`;
  return remedy === undefined ? line : `${line}      ${paint(process.stdout, 'dim', `→ ${remedy}`)}\n`;
}
