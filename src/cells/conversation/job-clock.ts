import { PausableTimer } from '../../support/pausable-timer.ts';

/** Times and actions of a job's clock. */
export interface JobClockOptions {
  /** Milliseconds until the cell is asked to stop, and until it is given up. */
  readonly askAfterMs: number;
  readonly giveUpAfterMs: number;
  ask(): void;
  giveUp(): void;
}

/** The engine's own clock for one job. It is paused while the cell waits for the caller. */
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

  /** Gives the job this much more time. */
  extend(ms: number): void {
    if (this.#isShortened) return;
    this.#ask.extend(ms);
    this.#giveUp.extend(ms);
  }

  /** The guest has ended, so there is nothing left to stop. */
  guestEnded(): void {
    this.#ask.stop();
  }

  /** The cell was asked to stop; gives it up after this time, even if the cell waits for the caller. */
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
