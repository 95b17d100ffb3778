/**
 * The redactor alone: a megabyte in pieces like those of output, and the preparation that every call with secrets pays.
 */
import { randomBytes } from 'node:crypto';
import { pathToFileURL } from 'node:url';
import type { OpenContestant, Surroundings } from '../contestant.ts';

interface Stream {
  push(text: string): string;
  end(): string;
}
interface RedactorModule {
  createRedactor(
    secrets: Readonly<Record<string, string>>,
    options: { readonly rules?: boolean },
  ): { stream(where: string): Stream; text(where: string, text: string): string };
}

const megabyte = 1_000_000;
const pieceLength = 65_536;
const secret = randomBytes(24).toString('base64');
const one = { TOKEN: secret };
const three = { TOKEN: secret, OTHER: randomBytes(24).toString('hex'), PASSWORD: 'correct-horse-battery-staple-11' };

/** Kinds of work by name, and how to make each. */
const kinds: Readonly<Record<string, (module: RedactorModule) => () => void>> = {
  indexOf: () => {
    const text = ordinaryOutput();
    return () => {
      for (const piece of piecesOf(text)) if (piece.includes(secret)) throw new Error('found');
    };
  },
  'one secret': (module) => through(module, one, false, ordinaryOutput()),
  'three secrets': (module) => through(module, three, false, ordinaryOutput()),
  'rules, one secret': (module) => through(module, one, true, ordinaryOutput()),
  'rules, many hits': (module) => through(module, one, true, leakyOutput()),
  'hostile: key headers': (module) => through(module, one, true, repeated('-----BEGIN PRIVATE KEY-----(')),
  'hostile: names without values': (module) => through(module, one, true, repeated('passwd:secret:')),
  'hostile: starts of the secret': (module) => through(module, one, true, repeated(secret.slice(0, -1))),
  'hostile: starts of tokens': (module) => through(module, one, true, repeated('token:a eyJa sk-')),
  'new redactor, 3 secrets':
    ({ createRedactor }) =>
    () => {
      const secrets = ['A', 'B', 'C'].map((name) => [name, randomBytes(24).toString('base64')]);
      createRedactor(Object.fromEntries(secrets) as Record<string, string>, {}).text('stdout', 'ok\n');
    },
};

/** Opens one kind of work by its name. */
export function openRedaction(kind: string) {
  return async ({ hotcell }: Surroundings): Promise<OpenContestant> => {
    const path = pathToFileURL(hotcell.replace(/index\.js$/, 'redaction/redactor.js'));
    const work = kinds[kind]?.((await import(path.href)) as RedactorModule);
    if (work === undefined) throw new Error(`There is no redaction work ${kind}.`);
    return {
      async run() {
        work();
        return { value: 2 };
      },
      close: async () => undefined,
    };
  };
}

function through(
  { createRedactor }: RedactorModule,
  secrets: Readonly<Record<string, string>>,
  rules: boolean,
  text: string,
): () => void {
  return () => {
    const stream = createRedactor(secrets, { rules }).stream('stdout');
    let length = 0;
    for (const piece of piecesOf(text)) length += stream.push(piece).length;
    if (length + stream.end().length === 0) throw new Error('it returned no output');
  };
}

function* piecesOf(text: string): Iterable<string> {
  for (let index = 0; index < text.length; index += pieceLength) yield text.slice(index, index + pieceLength);
}

/** Logs, a table, JSON and a traceback, as in programs' output. */
function ordinaryOutput(): string {
  const lines: string[] = [];
  for (let index = 0, length = 0; length < megabyte; index += 1) {
    const line = [
      `2026-11-21T10:${index % 60}:07.${index % 1000}Z INFO  worker-${index % 8} processed batch ${index} in ${index % 97} ms`,
      `{"id":${index},"name":"row ${index}","tags":["alpha","beta"],"score":${(index * 0.37).toFixed(3)},"ok":true}`,
      `| ${String(index).padStart(8)} | ${'lorem ipsum dolor sit amet'.slice(index % 9)} | ${(index * 7919) % 10007} |`,
      `  File "/workspace/main.py", line ${index % 400}, in compute_mean_of_${index % 12}`,
    ][index % 4] as string;
    lines.push(line);
    length += line.length + 1;
  }
  return lines.join('\n').slice(0, megabyte);
}

/** The same with the secret on every tenth line. */
function leakyOutput(): string {
  const lines = ordinaryOutput().split('\n');
  const leaky = lines.map((line, index) => (index % 10 === 0 ? `${line} ${secret}` : line));
  return leaky.join('\n').slice(0, megabyte);
}

function repeated(text: string): string {
  return text.repeat(Math.ceil(megabyte / text.length)).slice(0, megabyte);
}
