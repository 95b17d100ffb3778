import { type Command, Option } from 'commander';
import { backendNames, imageChoices, languages } from '../contract/request.ts';
import { parseDuration, parseMemory } from './units.ts';

/** Takes an option that may be given many times. */
export const collectAll = (value: string, earlier: readonly string[] = []): string[] => [...earlier, value];

/** Adds the options that say what a guest is, has and may. */
export function addGuestOptions(command: Command): Command {
  return command
    .addOption(new Option('-l, --language <LANGUAGE>', 'language of the code').choices(languages))
    .option('--file <PATH[=NAME]>', 'place a file or a folder under /workspace (repeatable)', collectAll)
    .option('--env <NAME=VALUE>', 'environment variable of the guest (repeatable)', collectAll)
    .option(
      '--secret <NAME>',
      'hand the environment variable NAME to the guest and redact it everywhere (repeatable)',
      collectAll,
    )
    .option(
      '--allow <HOST[:PORT]>',
      'let the guest reach this host: name, address, *.name or *; port 443 unless named (repeatable)',
      collectAll,
    )
    .option(
      '--inject <HOST:HEADER=NAME>',
      'add HEADER with the value of the environment variable NAME to its https requests to HOST (repeatable)',
      collectAll,
    )
    .addOption(
      new Option('--timeout <TIME>', 'wall time of the guest: 500ms, 5s, 2m')
        .argParser(parseDuration)
        .env('HOTCELL_TIMEOUT'),
    )
    .addOption(
      new Option('--memory <SIZE>', 'memory of the guest: 256m, 1g').argParser(parseMemory).env('HOTCELL_MEMORY'),
    )
    .addOption(
      new Option('--disk <SIZE>', 'files of the guest, one and all: 64m, 1g')
        .argParser(parseMemory)
        .env('HOTCELL_DISK'),
    )
    .addOption(new Option('--backend <BACKEND>', 'where to run').choices(backendNames).env('HOTCELL_BACKEND'))
    .addOption(
      new Option('--image <IMAGE>', 'python-data: with numpy, pandas, matplotlib and more')
        .choices(imageChoices)
        .env('HOTCELL_IMAGE'),
    )
    .addOption(new Option('--tenant <NAME>', 'trust domain').env('HOTCELL_TENANT'));
}
