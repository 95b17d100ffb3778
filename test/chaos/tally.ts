import type { Outcome } from './load.ts';

/** How many complaints are kept word for word. */
const complaintsMax = 50;

/** Counts outcomes. `excuse` says whether something that was done to the engine explains one that is not right. */
export class Tally {
  calls = 0;
  hostile = 0;
  /** Typed failures that a fault explains. */
  disturbed = 0;
  wrong = 0;
  late = 0;
  lost = 0;
  readonly complaints: string[] = [];
  readonly #excuse: (outcome: Outcome) => boolean;
  readonly #verdicts = new Map<string, number>();

  constructor(excuse: (outcome: Outcome) => boolean = () => false) {
    this.#excuse = excuse;
  }

  add(outcome: Outcome): void {
    this.calls += 1;
    if (outcome.hostile) this.hostile += 1;
    const verdict = outcome.code === '' ? outcome.status : `${outcome.status} ${outcome.code}`;
    this.#verdicts.set(verdict, (this.#verdicts.get(verdict) ?? 0) + 1);
    if (outcome.lateMs > 0) {
      this.late += 1;
      this.complain(`${outcome.kind}: ${Math.ceil(outcome.lateMs)} ms late, ended with ${verdict}`);
    }
    if (outcome.worth === 'right') return;
    const isExcusable = outcome.worth === 'disturbed' || outcome.worth === 'slowed';
    if (isExcusable && this.#excuse(outcome)) {
      this.disturbed += 1;
      return;
    }
    if (outcome.worth === 'lost') this.lost += 1;
    else this.wrong += 1;
    this.complain(`${outcome.kind}: ${outcome.why}`);
  }

  complain(text: string): void {
    if (this.complaints.length < complaintsMax) this.complaints.push(text);
  }

  /** How often each verdict came, the most frequent first. */
  get verdicts(): Readonly<Record<string, number>> {
    return Object.fromEntries([...this.#verdicts].sort(([, a], [, b]) => b - a));
  }

  /** Results that should not be, of all kinds. */
  get faulty(): number {
    return this.wrong + this.late + this.lost;
  }
}
