import type { Verdict } from '../../../cells/messages.ts';
import type { Limits } from '../../../contract/limits.ts';
import { createMatcher } from './glob.ts';
import type { Guest } from './guest.ts';
import { Workspace } from './workspace.ts';

/** The last word on a session that runs no job. */
export const sessionOver: Verdict = {
  end: 'cancelled',
  value: 'none',
  usage: { wallMs: 0, cpuMs: 0, peakMemoryBytes: 0 },
  droppedArtifacts: 0,
  session: 'lost',
};

/** What a session leaves from one job to the next: its guest and its files. */
export class HostSession {
  readonly workspace: Workspace;
  /** Made by the first job that runs code. */
  guest: Guest | undefined;
  /** Whether no job is to come any more. */
  isOver = false;
  readonly #collected = new Map<string, Uint8Array>();

  constructor(limits: Limits) {
    this.workspace = new Workspace(limits, []);
  }

  /** Whether the guest can take a job. */
  get isSound(): boolean {
    return !this.isOver && !this.guest?.isolate.isDisposed;
  }

  /** Whether a file is not what it was when it was collected last. Each write makes a new one. */
  isNew(path: string, content: Uint8Array): boolean {
    const isNew = this.#collected.get(path) !== content;
    this.#collected.set(path, content);
    return isNew;
  }

  /** Destroys the guest, whatever it does. */
  end(): void {
    this.isOver = true;
    this.guest?.dispose();
  }

  /** Path and size of the files that `globs` match, as JSON. */
  list(globs: readonly string[]): string {
    const matches = createMatcher(globs);
    const matching = this.workspace.entries.filter(([path]) => matches(path));
    return JSON.stringify(matching.map(([path, content]) => ({ path, bytes: content.length })));
  }
}
