import { PausableTimer } from '../../support/pausable-timer.ts';

/** What a job's clock does when its time comes. */
export interface JobClockOptions {
  /** After so many milliseconds the cell is asked to stop, and after so many it is given up. */
  readonly askAfterMs: number;
  readonly giveUpAfterMs: number;
  ask(): void;
  giveUp(): void;
}

/** The engine's own clock over one job. It stands still while the cell waits for the caller and not the other way. */
export class JobClock {
  readonly #options: JobClockOptions;
  readonly #ask: PausableTimer;
  #giveUp: PausableTimer;
  #isShortened = false;

  constructor(options: JobClockOptions) {
    this.#options = options;
    this.#ask = new PausableTimer(options.askAfterMs, options.ask);
    this.#giveUp = new PausableTimer(options.giveUpAfterMs, options.giveUp);
  }

  pause(): void {
    if (this.#isShortened) return;
    this.#ask.pause();
    this.#giveUp.pause();
  }

  resume(): void {
    this.#ask.resume();
    this.#giveUp.resume();
  }

  /** Gives the job so much more time. */
  extend(ms: number): void {
    if (this.#isShortened) return;
    this.#ask.extend(ms);
    this.#giveUp.extend(ms);
  }

  /** The guest has ended: there is nothing to ask for any more. */
  guestEnded(): void {
    this.#ask.stop();
  }

  /** The cell was asked to stop, and is given up after so many milliseconds, whomever it waits for. */
  shortenTo(ms: number): void {
    this.stop();
    this.#isShortened = true;
    this.#giveUp = new PausableTimer(ms, this.#options.giveUp);
  }

  stop(): void {
    this.#ask.stop();
    this.#giveUp.stop();
  }
}
