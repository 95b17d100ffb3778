/** The parts of just-bash's syntax tree that matter here. */
interface Command {
  readonly type: string;
  readonly redirections: Redirection[];
  readonly name?: { readonly parts: readonly { readonly type: string; readonly value?: string }[] } | null;
  /** A list for `while` and `until`; an expression for a `for` as in C. */
  readonly condition?: unknown;
  readonly body?: Statement[];
  readonly clauses?: { readonly condition: Statement[]; readonly body: Statement[] }[];
  readonly elseBody?: Statement[] | null;
  readonly items?: { readonly body: Statement[] }[];
}

/** One redirection of a command. */
export interface Redirection {
  readonly type: 'Redirection';
  readonly fd: number | null;
  readonly operator: string;
  readonly target: object;
}

/** A list of pipelines in a script. */
export interface Statement {
  readonly pipelines: readonly { readonly commands: readonly Command[]; readonly pipeStderr?: readonly boolean[] }[];
}

/** The root of such a script. */
export interface Script {
  readonly statements: Statement[];
}

/**
 * Makes a script's commands write to two files as they run: just-bash returns output only at the end, and by then the
 * guest may have run out of time or memory. Each command that writes to the script's own output gets redirections in
 * front of its own. If that cannot be decided from the text (in functions, which may be called anywhere), the output
 * arrives at the end of the call. A script that redirects itself with `exec` is left unchanged.
 */
export function streamOutput(script: Script, streams: { readonly stdout: string; readonly stderr: string }): void {
  const { stringify } = JSON;
  /** Commands that change the shell or its control flow and print nothing. */
  const silent: Readonly<Record<string, true>> = {
    __proto__: null,
    break: true,
    continue: true,
    return: true,
    exit: true,
    set: true,
    shift: true,
    shopt: true,
    unset: true,
    exec: true,
  } as never;
  const to = (fd: number, path: string): Redirection => ({
    type: 'Redirection',
    fd,
    operator: '>',
    target: { type: 'Word', parts: [{ type: 'Literal', value: path }] },
  });
  const nameOf = ({ name }: Command): string => {
    const part = name?.parts[0];
    return name?.parts.length === 1 && part?.type === 'Literal' ? (part.value ?? '') : '';
  };
  const readsOnly = ({ redirections }: Command): boolean =>
    redirections.every(
      ({ operator }) => operator === '<' || operator === '<<' || operator === '<<-' || operator === '<<<',
    );

  const visitAll = (statements: readonly Statement[]): void => {
    for (const { pipelines } of statements) {
      for (const { commands, pipeStderr } of pipelines) {
        for (let index = 0; index < commands.length; index += 1) {
          const isLast = index === commands.length - 1;
          visit(commands[index] as Command, isLast, pipeStderr?.[index] !== true, commands.length === 1);
        }
      }
    }
  };
  const visit = (command: Command, hasStdout: boolean, hasStderr: boolean, isAlone: boolean): void => {
    const { type, condition, body, clauses, elseBody, items } = command;
    if (type === 'FunctionDef') return;
    if (type === 'SimpleCommand' && (!command.name || silent[nameOf(command)])) return;
    const isCompound = type !== 'SimpleCommand' && type !== 'ArithmeticCommand' && type !== 'ConditionalCommand';
    if (isCompound && isAlone && readsOnly(command)) {
      if (type === 'While' || type === 'Until') visitAll(condition as Statement[]);
      if (body) visitAll(body);
      for (const clause of clauses ?? []) {
        visitAll(clause.condition);
        visitAll(clause.body);
      }
      if (elseBody) visitAll(elseBody);
      for (const item of items ?? []) visitAll(item.body);
      return;
    }
    if (hasStderr) command.redirections.unshift(to(2, streams.stderr));
    if (hasStdout) command.redirections.unshift(to(1, streams.stdout));
  };
  // The JSON text of the tree contains the name of each command, wherever it is.
  if (!stringify(script).includes('{"type":"Literal","value":"exec"}')) visitAll(script.statements);
}
