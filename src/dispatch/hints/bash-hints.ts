import type { FailedCall, Hint } from './hint.ts';

/** Commands that install other programs, or that give rights. */
const installers = /^(?:apt|apt-get|brew|conda|dnf|npm|npx|pip|pip3|snap|yum)$/;
const rights = /^(?:doas|su|sudo)$/;

function sayMissing([, command = '']: RegExpExecArray, { backend }: FailedCall): string {
  if (rights.test(command))
    return 'The script runs as a user without further rights, and cannot get any. Leave the command out.';
  if (installers.test(command))
    return 'Nothing can be installed in a cell. Use what is there, or pass programs as files.';
  if (backend === 'wasm')
    return 'Bash in WebAssembly has about 80 commands; help lists them. A container (backend: "docker") has all of GNU Bash.';
  return 'The image has GNU coreutils, findutils, grep, sed, gawk, jq, bc, curl, python3, file, xxd, tar, gzip, bzip2, xz and zip. A function has to be defined before its call.';
}

/** The most frequent mistakes of scripts in Bash, the most particular first. */
export const bashHints: readonly Hint[] = [
  {
    mistake: 'line ends of Windows',
    when: /\$'[^'\n]{0,200}\\r'|\r(?:: |')/,
    say: 'The script has line ends of Windows (CRLF), and Bash takes the carriage return as a part of each line. Send it with LF alone.',
  },
  { mistake: 'a command that is not there', when: /(?:^|: )([^\s:]{1,100}): command not found/m, say: sayMissing },
  {
    mistake: 'a host without a network',
    when: /Could not resolve (?:host|proxy)|Network is unreachable|CONNECT tunnel failed|Failed to connect to/,
    say: (_, { hasNetwork }) =>
      hasNetwork
        ? 'Only addresses in network.allow can be reached; result.network says which connections were refused, and why.'
        : 'The script has no network. Name the hosts that it may reach in the request, network: { allow: ["api.example.com:443"] }, or pass the data in files.',
  },
  {
    mistake: 'writing outside the workspace',
    when: /Read-only file system/,
    say: 'Scripts can write under /workspace (the working directory) and /tmp alone. Files under output/ come back with the result.',
  },
  {
    mistake: 'a file that may not be run',
    when: /Permission denied/,
    say: 'Files of the request cannot be run as they are: use bash file.sh or chmod +x file first. Outside /workspace and /tmp nothing can be changed.',
  },
  {
    mistake: 'a full disk',
    when: /No space left on device/,
    say: 'The disk of the job is full: /workspace and /tmp together hold limits.diskMb. Write less, remove files, or raise the limit.',
  },
  {
    mistake: 'too many processes',
    when: /fork: (?:retry: )?Resource temporarily unavailable|Cannot allocate memory/,
    say: 'limits.processes bounds the processes of a job. Start fewer at one time, for example with xargs -P 4, or raise the limit.',
  },
  {
    mistake: 'a variable that is not set',
    when: /: unbound variable/,
    say: 'set -u makes a name without a value an error. Give a default, ${NAME:-}, or set the name in env.',
  },
  {
    mistake: 'a quote that is not closed',
    when: /unexpected EOF while looking for matching/,
    say: 'A quote, a bracket or $( is opened and not closed: the line in the message is where the search for its end began or stopped.',
  },
  {
    mistake: 'a block that is not closed',
    when: /syntax error: unexpected end of file|unexpected end of file from/,
    say: 'An if, for, while, case, { or here-document is not closed: fi, done, esac, } or the end word has to stand alone on its line.',
  },
  {
    mistake: 'a test without quotes',
    when: /: \[: (?:too many arguments|[^\n]{0,100}(?:unary|binary) operator expected|missing `\]')/,
    say: 'Put quotes around variables in [ … ], and a space on each side of the brackets, or use [[ … ]].',
  },
  {
    mistake: 'no number in arithmetic',
    when: /integer expression expected|: syntax error: operand expected|syntax error in expression/,
    say: 'Arithmetic needs whole numbers: check that the variable has one. For fractions use bc or awk.',
  },
  {
    mistake: 'a command line that is too long',
    when: /Argument list too long/,
    say: 'Pass many names through a pipe: find … -print0 | xargs -0 command.',
  },
  {
    mistake: 'a file that is not there',
    when: /No such file or directory/,
    say: 'Paths are relative to /workspace, which holds the files of the request and nothing else. Pass the file in files, or look with ls -la.',
  },
  {
    mistake: 'JSON that jq does not read',
    when: /^jq: (?:parse )?error/m,
    say: 'Look at what jq was given (head -c 200): inputs are in "$HOTCELL_INPUTS", and in handler mode on stdin.',
  },
];
