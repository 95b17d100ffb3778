import { type Command, Option } from 'commander';
import type { Check } from '../contract/api/backend-reports.ts';
import { errorTable } from '../contract/api/errors.ts';
import { createEngine, type Engine } from '../engine.ts';
import { readConfiguration } from './configuration.ts';
import { runtimeOption } from './guest-options.ts';
import { StatusLine } from './status-line.ts';
import { paint } from './style.ts';

interface DoctorOptions {
  readonly json?: boolean;
  readonly selfTest?: boolean;
  /** An older name of `selfTest`. */
  readonly attest?: boolean;
  readonly runtime?: string;
}

/** Adds `hotcell doctor` to the command line. */
export function addDoctor(program: Command): void {
  program
    .command('doctor')
    .summary('check what works on this machine, and say how to fix what does not')
    .description(
      `Prints one line for each check: ok, warn or fail, with the remedy. Exits with ${errorTable.BACKEND_UNAVAILABLE.exit} if a check fails.`,
    )
    .option('--self-test', 'attack this machine as a guest would (about 10 s); do this before you run untrusted code')
    .addOption(new Option('--attest', 'the same').hideHelp())
    .addOption(runtimeOption())
    .option('--json', 'print the checks as JSON')
    .action(async ({ json, selfTest, attest, ...given }: DoctorOptions) => {
      const { runtime } = { ...(await readConfiguration()), ...given };
      await using engine = createEngine({ closeGraceMs: 0, docker: { runtime } });
      const checks = await examine(engine, selfTest === true || attest === true);
      process.stdout.write(json ? `${JSON.stringify(checks, null, 2)}\n` : formatChecks(checks));
      if (checks.some(({ verdict }) => verdict === 'fail')) process.exitCode = errorTable.BACKEND_UNAVAILABLE.exit;
    });
}

/** Runs the checks and, on request, the self-test; shows progress in one line on a terminal. */
async function examine(engine: Engine, attacks: boolean): Promise<readonly Check[]> {
  using status = new StatusLine('checking');
  const found = await engine.check();
  if (!attacks) return found;
  status.text = 'attacking this machine';
  let tried = 0;
  const tested = await engine.selfTest(({ name }) => {
    tried += 1;
    status.text = `attacking this machine: ${tried} attacks, ${name}`;
  });
  return [...found, ...tested];
}

/** Formats the checks as a table, each remedy on a second line. */
export function formatChecks(checks: readonly Check[]): string {
  const width = Math.max(22, ...checks.map(({ name }) => name.length));
  const colour = { ok: 'green', warn: 'yellow', fail: 'red' } as const;
  return checks
    .map(({ name, verdict, detail, remedy }) => {
      const line = `${paint(process.stdout, colour[verdict], verdict.padEnd(4))}  ${name.padEnd(width)} ${detail}\n`;
      return remedy === undefined ? line : `${line}      ${paint(process.stdout, 'dim', `→ ${remedy}`)}\n`;
    })
    .join('');
}
