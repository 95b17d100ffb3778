#!/usr/bin/env node
import { createRequire } from 'node:module';
import { Command } from 'commander';
import { errorTable } from '../contract/api/errors.ts';
import { closedPipeExit, endQuietlyOnClosedPipes, unwritableExit } from './closed-pipes.ts';
import { addDoctor } from './doctor.ts';
import { addRepl } from './repl.ts';
import { asksForJson, reportFailure } from './report-failure.ts';
import { addRun } from './run.ts';
import { addSetup } from './setup.ts';

const { version } = createRequire(import.meta.url)('hotcell/package.json') as { version: string };

/** `  0  success` and one line for each exit code of the error table, with its error codes. */
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

const isJson = asksForJson(process.argv.slice(2));
endQuietlyOnClosedPipes();
const program = new Command('hotcell')
  .description('Runs untrusted code and tools and returns one structured result for each call.')
  .version(version)
  .configureHelp({ showGlobalOptions: true })
  .addHelpText('after', describeExitCodes())
  .configureOutput({ outputError: (text, write) => (isJson ? undefined : write(text)) })
  .exitOverride();

for (const add of [addRun, addRepl, addSetup, addDoctor]) add(program);

try {
  await program.parseAsync();
} catch (error) {
  process.exitCode = reportFailure(error, isJson);
}
