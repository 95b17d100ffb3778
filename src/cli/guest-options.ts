import { type Command, Option } from 'commander';
import { backendNames, imageChoices, languages } from '../contract/api/request.ts';
import { parserOf } from './configuration.ts';

/** Collects the values of a repeatable option. */
export const collectAll = (value: string, earlier: readonly string[] = []): string[] => [...earlier, value];

/** The same for a setting, whose variable in the environment has commas between its values. */
const collectList = (value: string, earlier: readonly string[] = []): string[] => [
  ...earlier,
  ...parserOf('allow')(
    value
      .split(',')
      .map((each) => each.trim())
      .filter((each) => each !== ''),
  ),
];

/** Adds the options that say what a guest is, has and may. */
export function addGuestOptions(command: Command): Command {
  return command
    .addOption(new Option('-l, --language <LANGUAGE>', 'language of the code').choices(languages))
    .option('--file <PATH[=NAME]>', 'put a file or a folder into /workspace (repeatable)', collectAll)
    .option('--env <NAME=VALUE>', 'environment variable of the guest (repeatable)', collectAll)
    .option(
      '--secret <NAME>',
      'pass the environment variable NAME to the guest as a secret and redact it in all output (repeatable)',
      collectAll,
    )
    .addOption(
      new Option(
        '--allow <HOST[:PORT]>',
        'allow connections to this host: name, address, *.name or *; default port 443 (repeatable)',
      )
        .argParser(collectList)
        .env('HOTCELL_ALLOW'),
    )
    .addOption(
      new Option(
        '--inject <HOST:HEADER=NAME>',
        'add HEADER with the value of the environment variable NAME to its https requests to HOST (repeatable)',
      )
        .argParser(collectList)
        .env('HOTCELL_INJECT'),
    )
    .addOption(
      new Option('--timeout <TIME>', 'wall time limit: 500ms, 5s, 2m')
        .argParser(parserOf('timeout'))
        .env('HOTCELL_TIMEOUT'),
    )
    .addOption(
      new Option('--memory <SIZE>', 'memory limit: 256m, 1g').argParser(parserOf('memory')).env('HOTCELL_MEMORY'),
    )
    .addOption(
      new Option('--disk <SIZE>', 'size limit for one file and for all files: 64m, 1g')
        .argParser(parserOf('disk'))
        .env('HOTCELL_DISK'),
    )
    .addOption(
      new Option('--backend <BACKEND>', 'backend that runs the code').choices(backendNames).env('HOTCELL_BACKEND'),
    )
    .addOption(
      new Option('--image <IMAGE>', 'image to use; python-data has numpy, pandas, matplotlib and more')
        .choices(imageChoices)
        .env('HOTCELL_IMAGE'),
    )
    .addOption(runtimeOption())
    .addOption(
      new Option('--tenant <NAME>', 'tenant (trust domain) of the call')
        .argParser(parserOf('tenant'))
        .env('HOTCELL_TENANT'),
    );
}

/** The runtime of the containers that a command uses. */
export function runtimeOption(): Option {
  return new Option('--runtime <NAME>', 'OCI runtime for the containers, such as runsc')
    .argParser(parserOf('runtime'))
    .env('HOTCELL_RUNTIME');
}
