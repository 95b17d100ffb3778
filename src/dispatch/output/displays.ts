import type { DisplayPiece, ProgressMessage } from '../../cells/protocol/display-messages.ts';
import { type Display, displaysMax, progressTextMax } from '../../contract/api/display.ts';
import type { Emit } from '../../contract/api/events.ts';
import type { Job } from '../../contract/spi/job.ts';
import type { Redactor } from '../../redaction/redactor.ts';
import { buildDisplay } from './build-display.ts';

const mebibyte = 1_048_576;

/** The displays of one job's guest: assembles, checks and redacts them, emits them as events and keeps them. */
export class JobDisplays {
  readonly #id: string;
  readonly #fileMaxBytes: number;
  readonly #redactor: Redactor;
  readonly #emit: Emit | undefined;
  readonly #displays: Display[] = [];
  #open:
    | { readonly group: number; readonly mediaType: string; readonly parts: Uint8Array[]; bytes: number }
    | undefined;
  #begun = 0;
  #bytesLeft: number;
  #group = 0;

  constructor({ id, limits }: Pick<Job, 'id' | 'limits'>, redactor: Redactor, emit: Emit | undefined) {
    this.#id = id;
    this.#fileMaxBytes = limits.fileMb * mebibyte;
    this.#bytesLeft = limits.diskMb * mebibyte;
    this.#redactor = redactor;
    this.#emit = emit;
  }

  /** Takes a piece of a display. Returns an error text if the cell, which has the same limits, exceeds one. */
  display({ head, isLast, bytes }: DisplayPiece): string | undefined {
    if (head) {
      this.#begun += 1;
      if (this.#begun > displaysMax) return `The cell sent more than ${displaysMax} displays.`;
      if (head.group < Math.max(this.#group, 1)) return `The cell sent display ${head.group} out of order.`;
      this.#group = head.group;
      // The previous display was abandoned.
      this.#bytesLeft += this.#open?.bytes ?? 0;
      this.#open = { ...head, parts: [], bytes: 0 };
    }
    const open = this.#open;
    if (!open) return 'The cell continued a display that it had not started.';
    open.bytes += bytes.length;
    this.#bytesLeft -= bytes.length;
    if (open.bytes > this.#fileMaxBytes || this.#bytesLeft < 0) {
      return 'The cell sent a display larger than limits.fileMb, or displays larger than limits.diskMb.';
    }
    open.parts.push(bytes);
    if (!isLast) return undefined;
    this.#open = undefined;
    const display = buildDisplay(open.group, open.mediaType, Buffer.concat(open.parts), this.#redactor);
    this.#displays.push(display);
    this.#emit?.({ type: 'display', id: this.#id, display });
    return undefined;
  }

  /** Emits the job's progress. The text is redacted before it is cut; else half a secret could be left at its end. */
  progress({ fraction, text }: ProgressMessage): void {
    const clean = this.#redactor.text('progress', text).replaceAll(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]+/gu, ' ');
    this.#emit?.({
      type: 'progress',
      id: this.#id,
      fraction,
      text: clean.trim().slice(0, progressTextMax).toWellFormed(),
    });
  }

  /** The complete displays, and the number of displays that were not completed. */
  finish(): { readonly displays: readonly Display[]; readonly dropped: number } {
    return { displays: this.#displays, dropped: this.#begun - this.#displays.length };
  }
}
