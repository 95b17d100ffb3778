import type { JobMessage, Verdict } from '../../../../cells/protocol/messages.ts';
import { createMatcher } from '../files/glob.ts';
import { Workspace } from '../files/workspace.ts';
import type { Guest } from '../guest/guest.ts';
import { Places } from '../program/places.ts';
import { runsInInterpreter } from '../program/program.ts';
import { completedWith, type Outcome } from './outcome.ts';

/** The verdict of a session that ends between jobs. */
export const sessionOver: Verdict = {
  end: 'cancelled',
  value: 'none',
  usage: { wallMs: 0, cpuMs: 0, peakMemoryBytes: 0 },
  droppedArtifacts: 0,
  session: 'lost',
};

/** State that a session keeps between jobs: its guest, and its files unless the guest has them itself. */
export class HostSession {
  /** Whether the guest is an interpreter, which has its own files and can be interrupted. */
  readonly usesInterpreter: boolean;
  /** Made by the first job that runs code. */
  guest: Guest | undefined;
  /** The way back in the programs that ran. */
  readonly places: Places = new Places();
  /** Whether no job is to come any more. */
  isOver = false;
  readonly #workspace: Workspace;
  readonly #collected = new Map<string, Uint8Array>();

  constructor({ language, limits }: JobMessage) {
    this.usesInterpreter = runsInInterpreter(language);
    this.#workspace = new Workspace(limits, []);
  }

  /** The workspace of a job; for an interpreter, it only holds files on their way in or out. */
  workspaceOf({ limits, collect }: JobMessage): Workspace {
    return this.usesInterpreter ? new Workspace(limits, collect) : this.#workspace;
  }

  /** Whether the guest can take a job. */
  get isSound(): boolean {
    return !this.isOver && !this.guest?.isolate.isDisposed;
  }

  /**
   * Whether a job collects a file. A job that runs code collects a file only if it changed since it was last collected:
   * each write makes a new content object. Files that an interpreter hands over are always new.
   */
  collects({ session }: JobMessage, path: string, content: Uint8Array): boolean {
    if (this.usesInterpreter || session?.action !== 'run') return true;
    const isNew = this.#collected.get(path) !== content;
    this.#collected.set(path, content);
    return isNew;
  }

  /** Destroys the guest, even if it is running. */
  end(): void {
    this.isOver = true;
    this.guest?.dispose();
  }

  /** The outcome of a job that runs no code, if the files are in this host. */
  actOnFiles({ session, collect, limits }: JobMessage): Outcome | undefined {
    if (this.usesInterpreter || session?.action === 'run') return undefined;
    if (session?.action === 'place') return { end: 'completed' };
    return completedWith(this.#list(collect), limits);
  }

  /** Path and size of the files that `globs` match, as JSON. */
  #list(globs: readonly string[]): string {
    const matches = createMatcher(globs);
    const matching = this.#workspace.entries.filter(([path]) => matches(path));
    return JSON.stringify(matching.map(([path, content]) => ({ path, bytes: content.length })));
  }
}
