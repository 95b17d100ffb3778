#!/usr/bin/env node
import { createRequire } from 'node:module';
import { Command, CommanderError } from 'commander';
import { errorTable } from '../contract/api/errors.ts';
import { closedPipeExit, endQuietlyOnClosedPipes, unwritableExit } from './closed-pipes.ts';
import { addDoctor } from './doctor.ts';
import { addRepl } from './repl.ts';
import { addRun } from './run.ts';
import { addSetup } from './setup.ts';

const { version } = createRequire(import.meta.url)('hotcell/package.json') as { version: string };

/** `  0  success` and one line for each exit code of the error table, with the codes that lead to it. */
function describeExitCodes(): string {
  const codes = new Map<number, string[]>();
  for (const [code, { exit }] of Object.entries(errorTable)) codes.set(exit, [...(codes.get(exit) ?? []), code]);
  const rows = [...codes]
    .sort(([a], [b]) => a - b)
    .map(([exit, names]) => `  ${String(exit).padStart(3)}  ${names.join(', ')}`);
  const ofPipes = [
    `  ${unwritableExit}  stdout or stderr cannot be written, such as on a full disk`,
    ` ${closedPipeExit}  the reader of stdout or stderr went away, as in "hotcell run … | head -1"`,
  ];
  return ['', 'Exit codes:', '    0  success', ...rows, ...ofPipes.map((row) => ` ${row}`)].join('\n');
}

endQuietlyOnClosedPipes();
const program = new Command('hotcell')
  .description('Runs untrusted code and tools and returns one structured result for each call.')
  .version(version)
  .configureHelp({ showGlobalOptions: true })
  .addHelpText('after', describeExitCodes())
  .exitOverride();

for (const add of [addRun, addRepl, addSetup, addDoctor]) add(program);

try {
  await program.parseAsync();
} catch (error) {
  if (error instanceof CommanderError) {
    // Commander has said what was wrong; help and version end with 0.
    process.exitCode = error.exitCode === 0 ? 0 : errorTable.INVALID_REQUEST.exit;
  } else {
    process.stderr.write(`hotcell: ${error instanceof Error ? error.message : String(error)}\n`);
    process.exitCode = errorTable.INTERNAL_ERROR.exit;
  }
}
