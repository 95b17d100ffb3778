import type { InterpreterStart } from '../../../isolate/realm/interpreter.ts';
import type { Intrinsics } from '../../../isolate/realm/intrinsics.ts';
import type { ToolQueue } from '../../../isolate/realm/tool-queue.ts';

/** A command for just-bash. Its input has one character per byte. */
export interface BashCommand {
  readonly name: string;
  readonly trusted: boolean;
  execute(words: readonly string[], context: BashContext): Promise<BashOutcome>;
}

/** The parts of just-bash's command context that are used. */
export interface BashContext {
  readonly stdin: string;
  readonly cwd: string;
  readonly signal?: AbortSignal;
  readonly fs: {
    resolvePath(base: string, path: string): string;
    readFileBuffer(path: string): Promise<Uint8Array>;
    writeFile(path: string, content: string, encoding: 'binary'): Promise<void>;
  };
}

/** How a command ended. */
export interface BashOutcome {
  readonly stdout: string;
  readonly stderr: string;
  readonly exitCode: number;
  readonly stdoutKind: 'text' | 'bytes';
}

/** Makes the command `tool`; it works like `sandbox-images/runner/tools/tool_command.py` in a container. */
export function createToolCommand(
  { parse, indexOf, slice }: Intrinsics,
  toBytes: (text: string) => Uint8Array,
  described: InterpreterStart['tools'],
  queue: ToolQueue,
): BashCommand {
  const usage = 'usage: tool NAME [JSON | -]\n       tool --list\n';
  const end = (exitCode: number, stdout: string, stderr: string): BashOutcome => {
    return { stdout, stderr, exitCode, stdoutKind: 'text' };
  };
  const firstLine = (text: string): string => {
    const at = indexOf(text, '\n');
    return at < 0 ? text : slice(text, 0, at);
  };
  const list = (): BashOutcome => {
    if (described.length === 0) return end(1, '', 'tool: This job has no tools.\n');
    let lines = '';
    for (const { name, description } of described) lines += `${name}\t${firstLine(description)}\n`;
    return end(0, lines, '');
  };
  return {
    name: 'tool',
    trusted: true,
    execute(words, { stdin }) {
      const [name = '', input = '{}'] = words;
      const isAlone = words.length === 1;
      if (isAlone && (name === '--help' || name === '-h')) return Promise.resolve(end(0, usage, ''));
      if (isAlone && name === '--list') return Promise.resolve(list());
      if (name === '' || name.length > 64 || words.length > 2 || indexOf(name, '--') === 0) {
        return Promise.resolve(end(2, '', usage));
      }
      if (described.length === 0) {
        return Promise.resolve(end(1, '', `tool ${name}: UNKNOWN_TOOL: This job has no tools.\n`));
      }
      const text = input === '-' ? new TextDecoder().decode(toBytes(stdin)) : input;
      return new Promise((resolve) => {
        queue.send(name, text, (isOk, json) => {
          if (isOk) return resolve(end(0, `${json}\n`, ''));
          const { code, message } = parse(json) as { code: string; message: string };
          resolve(end(1, '', `tool ${name}: ${code}: ${message}\n`));
        });
      });
    },
  };
}
