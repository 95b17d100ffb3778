import { Alarm } from '../support/alarm.ts';

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
  readonly #ask: Alarm;
  #giveUp: Alarm;
  #isInHurry = false;

  constructor(options: JobClockOptions) {
    this.#options = options;
    this.#ask = new Alarm(options.askAfterMs, options.ask);
    this.#giveUp = new Alarm(options.giveUpAfterMs, options.giveUp);
  }

  hold(): void {
    if (this.#isInHurry) return;
    this.#ask.hold();
    this.#giveUp.hold();
  }

  go(): void {
    this.#ask.go();
    this.#giveUp.go();
  }

  /** Gives the job so much more time. */
  putOff(ms: number): void {
    if (this.#isInHurry) return;
    this.#ask.putOff(ms);
    this.#giveUp.putOff(ms);
  }

  /** The guest has ended: there is nothing to ask for any more. */
  guestIsOver(): void {
    this.#ask.stop();
  }

  /** The cell was asked to stop, and is given up after so many milliseconds, whomever it waits for. */
  hurry(ms: number): void {
    this.stop();
    this.#isInHurry = true;
    this.#giveUp = new Alarm(ms, this.#options.giveUp);
  }

  stop(): void {
    this.#ask.stop();
    this.#giveUp.stop();
  }
}
