import { randomBytes } from 'node:crypto';
import { createRedactor } from '../dist/redaction/redactor.js';
import type { Contestant } from './measure.ts';

const megabyte = 1_000_000;
const secret = randomBytes(24).toString('base64');
const pieceLength = 65_536;

/** A megabyte through the redactor, in the pieces in which output comes; each contestant is one kind of work. */
export async function redactionContestants(): Promise<AsyncDisposable & { contestants: Contestant[] }> {
  const ordinary = ordinaryOutput();
  const one = { TOKEN: secret };
  const three = { TOKEN: secret, OTHER: randomBytes(24).toString('hex'), PASSWORD: 'correct-horse-battery-staple-11' };
  const contestant = (name: string, leavesOut: string, work: () => void): Contestant => ({
    name,
    leavesOut,
    call: async () => work(),
  });
  const contestants = [
    contestant('indexOf, one text as it is', 'every other form, streaming, counting', () => {
      for (const piece of piecesOf(ordinary)) if (piece.includes(secret)) throw new Error('found');
    }),
    contestant('known values: one secret in all its forms', 'pattern rules', () => run(one, false, ordinary)),
    contestant('known values: three secrets', 'pattern rules', () => run(three, false, ordinary)),
    contestant('pattern rules and one secret', 'nothing', () => run(one, true, ordinary)),
    contestant('pattern rules, a secret on every tenth line', 'nothing', () => run(one, true, leakyOutput(ordinary))),
    ...Object.entries(hostile).map(([name, text]) =>
      contestant(`hostile: ${name}`, 'nothing', () => run(one, true, text)),
    ),
  ];
  return { contestants, [Symbol.asyncDispose]: async () => undefined };
}

/** What every call with secrets pays before its first byte of output. */
export async function redactorContestants(): Promise<AsyncDisposable & { contestants: Contestant[] }> {
  const make = (count: number) => async (): Promise<void> => {
    const secrets = Array.from({ length: count }, (_, index) => [`S${index}`, randomBytes(24).toString('base64')]);
    createRedactor(Object.fromEntries(secrets) as Record<string, string>, {}).text('stdout', 'ok\n');
  };
  const contestants = [0, 1, 3].map((count) => ({
    name: `createRedactor and one line, ${count} secrets of 32 characters`,
    leavesOut: 'nothing',
    call: make(count),
  }));
  return { contestants, [Symbol.asyncDispose]: async () => undefined };
}

function run(secrets: Readonly<Record<string, string>>, rules: boolean, text: string): void {
  const stream = createRedactor(secrets, { rules }).stream('stdout');
  let length = 0;
  for (const piece of piecesOf(text)) length += stream.push(piece).length;
  if (length + stream.end().length === 0) throw new Error('nothing came out');
}

function* piecesOf(text: string): Iterable<string> {
  for (let index = 0; index < text.length; index += pieceLength) yield text.slice(index, index + pieceLength);
}

/** Logs, a table, JSON and a traceback, as programs write them. */
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

function leakyOutput(text: string): string {
  const lines = text.split('\n');
  return lines
    .map((line, index) => (index % 10 === 0 ? `${line} ${secret}` : line))
    .join('\n')
    .slice(0, megabyte);
}

const repeated = (text: string): string => text.repeat(Math.ceil(megabyte / text.length)).slice(0, megabyte);
const hostile: Readonly<Record<string, string>> = {
  'headers of private keys': repeated('-----BEGIN PRIVATE KEY-----('),
  'names without values': repeated('passwd:secret:'),
  'begins of the secret': repeated(secret.slice(0, -1)),
  'begins of tokens': repeated('token:a eyJa sk-'),
};
