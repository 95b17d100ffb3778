import type { GuestInbox } from './guest-inbox.ts';
import type { GuestNetwork } from './guest-network.ts';
import type { GuestStdin } from './guest-stdin.ts';
import type { Meter } from './meter.ts';
import { answer } from './services.ts';
import type { Showing } from './showing.ts';
import type { Wire } from './wire.ts';
import type { Workspace } from './workspace.ts';

/** What a job's realm asks for. */
interface Answerers {
  readonly workspace: Workspace;
  readonly showing: Showing;
  readonly stdin: GuestStdin | undefined;
  readonly network: GuestNetwork | undefined;
}

/** Answers what a job's realm asks of its host. Unknown questions get ''. */
export class Questions {
  readonly #wire: Wire;
  readonly #inbox: GuestInbox;
  readonly #answerers: Answerers;
  readonly #meter: () => Meter | undefined;

  constructor(wire: Wire, inbox: GuestInbox, answerers: Answerers, meter: () => Meter | undefined) {
    this.#wire = wire;
    this.#inbox = inbox;
    this.#answerers = answerers;
    this.#meter = meter;
  }

  answer(question: string, subject: string, detail: string): string {
    const { showing, workspace } = this.#answerers;
    if (question === 'next-step') return this.#waitFor(this.#inbox.nextText(), subject === 'wait');
    if (question === 'stdin') return this.#nextStdin();
    return (
      showing.answer(question, subject, detail) ??
      answer(question, subject, detail, workspace, () => !this.#wire.congested)
    );
  }

  /** For an interpreter, which has its thread to itself until it is through: what came, or '' and it may begin to wait. */
  #waitFor(text: string, willWait: boolean): string {
    this.#meter()?.wait(willWait && text === '');
    return text;
  }

  #nextStdin(): string {
    const { stdin, network } = this.#answerers;
    const text = stdin?.nextText() ?? '-';
    network?.tookStdin(text.length - 1);
    return this.#waitFor(text, true);
  }
}
