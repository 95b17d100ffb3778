import { encodeDisplay, encodeProgress, type ProgressMessage } from '../../../../cells/protocol/display-messages.ts';
import { cellKinds } from '../../../../cells/protocol/frame-codec.ts';
import { displaysMax, parseMediaType, progressBytesMax, progressPaceMs } from '../../../../contract/api/display.ts';
import type { Limits } from '../../../../contract/api/limits.ts';
import type { HostChannel } from './host-channel.ts';

const mebibyte = 1_048_576;

/** Sends a job's displays and progress to the engine. The limits are those of a container's runner. */
export class DisplaySender {
  /** Displays that were not sent to the engine. */
  dropped = 0;
  readonly #channel: HostChannel;
  readonly #job: number;
  readonly #displayMaxBytes: number;
  #bytesLeft: number;
  #count = 0;
  #group = 0;
  #progress: ProgressMessage | undefined;
  #pace: NodeJS.Timeout | undefined;
  #closed = false;

  constructor(channel: HostChannel, job: number, { fileMb, diskMb }: Limits) {
    this.#channel = channel;
    this.#job = job;
    this.#displayMaxBytes = fileMb * mebibyte;
    this.#bytesLeft = diskMb * mebibyte;
  }

  /**
   * Handles a realm's request: returns '' on success, else an error text; `undefined` for other kinds of requests.
   * Content is text, or bytes with one character each; `show-too` adds a form to the previous display.
   */
  answer(question: string, subject: string, detail: string): string | undefined {
    switch (question) {
      case 'show-text':
        return this.#display(subject, Buffer.from(detail), true);
      case 'show-bytes':
        return this.#display(subject, Buffer.from(detail, 'latin1'), true);
      case 'show-too':
        return this.#display(subject, Buffer.from(detail, 'latin1'), false);
      case 'progress':
        return this.#say(Number(subject), detail.slice(0, progressBytesMax));
      default:
        return undefined;
    }
  }

  /** Sends the latest progress; nothing is sent after that. */
  close(): void {
    this.#closed = true;
    clearTimeout(this.#pace);
    this.#flush();
  }

  #display(declared: string, content: Buffer, isNew: boolean): string {
    const mediaType = declared === '' ? '' : parseMediaType(declared);
    if (mediaType === undefined) return 'A media type must look like image/png.';
    if (this.#closed) return '';
    if (this.#count >= displaysMax || content.length > Math.min(this.#displayMaxBytes, this.#bytesLeft)) {
      this.dropped += 1;
      return '';
    }
    this.#count += 1;
    this.#bytesLeft -= content.length;
    if (isNew || this.#group === 0) this.#group += 1;
    for (const piece of encodeDisplay(this.#group, mediaType, content)) {
      this.#channel.send(this.#job, cellKinds.display, piece);
    }
    return '';
  }

  /** Sends the first progress at once, then the latest at intervals. */
  #say(fraction: number, text: string): string {
    if (Number.isNaN(fraction)) return 'The progress must be a number from 0 to 1.';
    if (this.#closed) return '';
    this.#progress = { fraction: Math.min(Math.max(fraction, 0), 1), text };
    if (this.#pace) return '';
    this.#flush();
    this.#pace = setTimeout(() => {
      this.#pace = undefined;
      if (this.#progress) this.#say(this.#progress.fraction, this.#progress.text);
    }, progressPaceMs).unref();
    return '';
  }

  #flush(): void {
    if (!this.#progress) return;
    this.#channel.send(this.#job, cellKinds.progress, encodeProgress(this.#progress));
    this.#progress = undefined;
  }
}
