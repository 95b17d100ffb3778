import type { DisplaySender } from '../channel/display-sender.ts';
import type { HostChannel } from '../channel/host-channel.ts';
import type { Workspace } from '../files/workspace.ts';
import type { GuestStdin } from '../guest/guest-stdin.ts';
import type { Meter } from '../guest/meter.ts';
import type { StepQueue } from '../guest/step-queue.ts';
import type { Places } from '../program/places.ts';
import { answerGuestCall } from './answer-guest-call.ts';
import type { GuestNetwork } from './guest-network.ts';

/** Objects that answer the calls of a job's realm. */
interface GuestCallTargets {
  readonly workspace: Workspace;
  readonly displays: DisplaySender;
  readonly stdin: GuestStdin | undefined;
  readonly network: GuestNetwork | undefined;
  readonly places: Places;
}

/** Answers the calls of a job's realm to its host. Unknown questions get ''. */
export class GuestCalls {
  readonly #channel: HostChannel;
  readonly #steps: StepQueue;
  readonly #targets: GuestCallTargets;
  readonly #meter: () => Meter | undefined;

  constructor(channel: HostChannel, steps: StepQueue, targets: GuestCallTargets, meter: () => Meter | undefined) {
    this.#channel = channel;
    this.#steps = steps;
    this.#targets = targets;
    this.#meter = meter;
  }

  answer(question: string, subject: string, detail: string): string {
    const { displays, places, workspace } = this.#targets;
    if (question === 'next-step') return this.#waitFor(this.#steps.nextText(), subject === 'wait');
    if (question === 'stdin') return this.#nextStdin();
    if (question === 'places') return places.answer(subject);
    return (
      displays.answer(question, subject, detail) ??
      answerGuestCall(question, subject, detail, workspace, () => !this.#channel.congested)
    );
  }

  /**
   * For an interpreter, which stays on its thread until it ends: returns the answer. '' means that it may start to
   * wait.
   */
  #waitFor(text: string, willWait: boolean): string {
    this.#meter()?.wait(willWait && text === '');
    return text;
  }

  #nextStdin(): string {
    const { stdin, network } = this.#targets;
    const text = stdin?.nextText() ?? '-';
    network?.tookStdin(text.length - 1);
    return this.#waitFor(text, true);
  }
}
