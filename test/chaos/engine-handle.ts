import { fork } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import type { EngineMessage, EngineSettings } from './engine-process.ts';
import type { Outcome } from './load.ts';
import { type FoundProcess, isAlive, listHosts, signalProcess } from './processes.ts';

/** An engine under load in a separate process. */
export interface EngineHandle {
  readonly pid: number;
  /** Its current host processes. */
  hosts(): FoundProcess[];
  /** Kills it with SIGKILL; returns host processes that are still alive after `patienceMs`. */
  kill(patienceMs: number): Promise<readonly FoundProcess[]>;
  /** Lets its calls end and closes it; returns its leaks. */
  finish(patienceMs: number): Promise<EngineEnd>;
}

/** Receives messages from an engine's process. */
export interface EngineListener {
  outcome(outcome: Outcome): void;
  /** The engine has removed containers that dead engines left. */
  orphansRemoved(count: number): void;
}

/** Leftovers of a closed engine. */
export interface EngineEnd {
  readonly leaks: readonly string[];
  readonly memory: Extract<EngineMessage, { type: 'done' }>['memory'] | undefined;
}

const program = fileURLToPath(new URL('engine-process.ts', import.meta.url));
/** Interval for recording the host processes, so that those of a dead engine are known. */
const lookEveryMs = 250;
/** Time for a process to exit after it reported that it is done. */
const exitPatienceMs = 5_000;

/** Starts an engine in a separate process, with its own folder for temporary files. */
export function startEngine(settings: EngineSettings, temporaryFolder: string, listener: EngineListener): EngineHandle {
  const child = fork(program, [JSON.stringify(settings)], {
    execArgv: ['--disable-warning=ExperimentalWarning'],
    env: { ...process.env, TMPDIR: temporaryFolder },
  });
  const pid = child.pid ?? 0;
  const exited = new Promise<'exited'>((resolve) => child.once('exit', () => resolve('exited')));
  const done = Promise.withResolvers<EngineEnd>();
  const known = new Map<string, FoundProcess>();
  child.on('message', (message: EngineMessage) => {
    if (message.type === 'outcome') listener.outcome(message.outcome);
    else if (message.type === 'orphans') listener.orphansRemoved(message.count);
    else done.resolve(message);
  });
  const look = (): void => {
    for (const host of listHosts(pid)) known.set(`${host.pid} ${host.started}`, host);
  };
  const looking = setInterval(look, lookEveryMs);
  const within = async <T>(promise: Promise<T>, ms: number): Promise<T | undefined> => {
    const { promise: late, resolve } = Promise.withResolvers<undefined>();
    const timer = setTimeout(() => resolve(undefined), ms);
    return await Promise.race([promise, late]).finally(() => clearTimeout(timer));
  };
  const survivors = async (patienceMs: number): Promise<readonly FoundProcess[]> => {
    const giveUpAtMs = performance.now() + patienceMs;
    for (;;) {
      const alive = [...known.values()].filter(isAlive);
      if (alive.length === 0 || performance.now() > giveUpAtMs) return alive;
      await within(new Promise(() => undefined), lookEveryMs);
    }
  };

  return {
    pid,
    hosts: () => listHosts(pid),
    async kill(patienceMs) {
      look();
      clearInterval(looking);
      child.kill('SIGKILL');
      await exited;
      // A paused host cannot notice that its engine is gone.
      for (const host of known.values()) if (isAlive(host)) signalProcess(host.pid, 'SIGCONT');
      return await survivors(patienceMs);
    },
    async finish(patienceMs) {
      child.send('finish');
      const end = await within(Promise.race([done.promise, exited]), patienceMs);
      const left =
        typeof end === 'object' ? [...end.leaks] : [`the engine's process did not finish (${end ?? 'it hangs'})`];
      if (!(await within(exited, exitPatienceMs))) {
        left.push('something keeps the process of a closed engine alive');
        child.kill('SIGKILL');
        await exited;
      }
      clearInterval(looking);
      for (const { pid: host, name } of await survivors(exitPatienceMs)) left.push(`process ${host} ${name}`);
      return { leaks: left, memory: typeof end === 'object' ? end.memory : undefined };
    },
  };
}
