import { findUnexplained } from './explain.ts';
import type { Injected } from './fault.ts';
import type { Outcome } from './load.ts';

/** Most complaints that are kept in full. */
const complaintsMax = 50;

/** Counts outcomes. Failures that a fault may excuse are assessed at the end, when all faults are known. */
export class Tally {
  calls = 0;
  hostile = 0;
  /** Typed failures that a fault explains. */
  disturbed = 0;
  wrong = 0;
  late = 0;
  lost = 0;
  /** Faults that could not be injected or undone: a run with such a fault is not conclusive. */
  failed = 0;
  readonly complaints: string[] = [];
  readonly #excusable: Outcome[] = [];
  readonly #verdicts = new Map<string, number>();

  add(outcome: Outcome): void {
    this.calls += 1;
    if (outcome.hostile) this.hostile += 1;
    const verdict = outcome.code === '' ? outcome.status : `${outcome.status} ${outcome.code}`;
    this.#verdicts.set(verdict, (this.#verdicts.get(verdict) ?? 0) + 1);
    if (outcome.lateMs > 0) {
      this.late += 1;
      this.#complain(`${outcome.kind}: ${Math.ceil(outcome.lateMs)} ms late, ended with ${verdict}`);
    }
    if (outcome.worth === 'right') return;
    if (outcome.worth === 'disturbed' || outcome.worth === 'slowed') {
      this.#excusable.push(outcome);
      return;
    }
    if (outcome.worth === 'lost') this.lost += 1;
    else this.wrong += 1;
    this.#complain(`${outcome.kind}: ${outcome.why}`);
  }

  /** Assesses the open failures: one that no fault explains is wrong. Call this once, at the end. */
  close(injected: readonly Injected[] = []): void {
    const unexplained = findUnexplained(this.#excusable, injected);
    this.wrong += unexplained.length;
    this.disturbed += this.#excusable.length - unexplained.length;
    this.#excusable.length = 0;
    for (const outcome of unexplained) this.#complain(`${outcome.kind}: ${outcome.why}${nearest(outcome, injected)}`);
  }

  /** Number of failures that wait for {@link close}. */
  get open(): number {
    return this.#excusable.length;
  }

  /** The chaos program itself failed, not the engine. */
  fail(text: string): void {
    this.failed += 1;
    this.#complain(text);
  }

  #complain(text: string): void {
    if (this.complaints.length < complaintsMax) this.complaints.push(text);
  }

  /** Number of results by verdict, the most frequent first. */
  get verdicts(): Readonly<Record<string, number>> {
    return Object.fromEntries([...this.#verdicts].sort(([, a], [, b]) => b - a));
  }

  /** Number of problems of all kinds. */
  get faulty(): number {
    return this.wrong + this.late + this.lost + this.failed;
  }
}

/** The faults near an unexplained call, for the person who investigates it. */
function nearest({ engine, fromMs, toMs }: Outcome, injected: readonly Injected[]): string {
  const near = injected
    .filter((one) => one.fromMs <= toMs && one.toMs >= fromMs)
    .map(({ fault, target }) => {
      const whose = target.kind === 'daemon' ? '' : target.engine === engine ? ' of its engine' : ' of another engine';
      return `${fault.name} (${target.kind === 'container' ? target.name : target.kind}${whose})`;
    });
  return near.length === 0 ? '; no fault was near it' : `; near it, but not excusing it: ${near.join(', ')}`;
}
