import type { HostBindings } from '../../../isolate/realm/bootstrap.ts';
import type { Intrinsics } from '../../../isolate/realm/intrinsics.ts';
import type { BashCommand, BashOutcome } from './tool-command.ts';

/** Makes the command `hotcell`; it works like `sandbox-images/runner/tools/hotcell_command.py` in a container. */
export function createShowCommand(
  { slice, indexOf, join, sleep }: Intrinsics,
  fromBytes: (bytes: ArrayBufferView) => string,
  ask: HostBindings['ask'],
): BashCommand {
  const { isNaN: isNoNumber } = Number;
  const usage = 'usage: hotcell display FILE|- [MEDIATYPE]\n       hotcell progress FRACTION [TEXT]\n';
  /** Media types by file name ending; for others, the engine detects the type from the content. */
  const types: Readonly<Record<string, string | undefined>> = {
    __proto__: null,
    ...{ csv: 'text/csv', css: 'text/css', htm: 'text/html', html: 'text/html', js: 'text/javascript' },
    ...{ json: 'application/json', md: 'text/markdown', pdf: 'application/pdf', txt: 'text/plain', xml: 'text/xml' },
    ...{ gif: 'image/gif', jpeg: 'image/jpeg', jpg: 'image/jpeg', png: 'image/png', svg: 'image/svg+xml' },
    ...{ webp: 'image/webp', mp3: 'audio/mpeg', mp4: 'video/mp4', wav: 'audio/x-wav', zip: 'application/zip' },
  } as never;
  const end = (exitCode: number, stderr = '', stdout = ''): BashOutcome => {
    return { stdout, stderr, exitCode, stdoutKind: 'text' };
  };
  const typeOf = (path: string): string => {
    let ending = path;
    for (let at = indexOf(ending, '.'); at >= 0; at = indexOf(ending, '.')) ending = slice(ending, at + 1);
    return ending === path ? '' : (types[ending.toLowerCase()] ?? '');
  };
  /** `bytes` has one character per byte. */
  const show = (type: string, bytes: string): void => {
    // Displays that the engine has not taken are in the host's memory.
    while (ask('drained', '') !== 'yes') sleep(2);
    // A malformed media type is left out.
    if (ask('show-bytes', type, bytes) !== '') ask('show-bytes', '', bytes);
  };
  const display: BashCommand['execute'] = async ([, path = '', type = ''], { stdin, cwd, fs }) => {
    if (path === '-') {
      show(type, stdin);
      return end(0);
    }
    try {
      const content = await fs.readFileBuffer(fs.resolvePath(cwd, path));
      show(type || typeOf(path), fromBytes(content));
      return end(0);
    } catch (error) {
      return end(1, `hotcell display: ${error instanceof Error ? error.message : path}\n`);
    }
  };
  const progress = (number: string, text: string): BashOutcome => {
    const fraction = number.trim() === '' ? Number.NaN : +number;
    if (isNoNumber(fraction)) return end(2, `hotcell progress: '${number}' is not a number from 0 to 1.\n`);
    ask('progress', `${fraction}`, text);
    return end(0);
  };
  return {
    name: 'hotcell',
    trusted: true,
    async execute(words, context) {
      const [command, first] = words;
      if (words.length === 1 && (command === '--help' || command === '-h')) return end(0, '', usage);
      if (command === 'display' && (words.length === 2 || words.length === 3)) return display(words, context);
      if (command === 'progress' && first !== undefined) return progress(first, join(words.slice(2), ' '));
      return end(2, usage);
    },
  };
}
