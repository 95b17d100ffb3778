import type { OutputSinks } from '../../cells/conversation/conversation.ts';
import type { DisplayPiece, ProgressMessage } from '../../cells/protocol/display-messages.ts';
import type { Emit } from '../../contract/api/events.ts';
import type { Job } from '../../contract/spi/job.ts';
import type { Redactor, StreamRedactor } from '../../redaction/redactor.ts';
import { type BoundedOutput, createBoundedOutput } from '../../support/bounded-output.ts';
import { Utf8Decoder } from '../../support/utf8.ts';
import { JobDisplays } from './displays.ts';

/** One stream of a guest after the job's end. */
export interface StreamOutput {
  readonly text: string;
  /** Bytes that were cut from the middle. */
  readonly cutBytes: number;
  /** Bytes that the guest wrote. */
  readonly bytes: number;
}

/**
 * Takes all output of a guest while it runs. The bytes of both streams are decoded and redacted, then emitted as events
 * and kept within the limits. Redaction comes before the cut; else half a secret could be left at the edge.
 */
export class JobOutput implements Omit<OutputSinks, 'artifacts'> {
  readonly #displays: JobDisplays;
  readonly #open: (type: 'stdout' | 'stderr') => OutputStream;
  /** Opened at the first bytes, because most guests write to one stream or to none. */
  readonly #streams: { stdout?: OutputStream; stderr?: OutputStream } = {};

  constructor(job: Pick<Job, 'id' | 'limits'>, redactor: Redactor, emit: Emit | undefined) {
    const { id, limits } = job;
    const keepBytes = limits.outputKb * 1024;
    this.#open = (type) =>
      new OutputStream(createBoundedOutput(keepBytes), redactor.stream(type), (text) => emit?.({ type, id, text }));
    this.#displays = new JobDisplays(job, redactor, emit);
  }

  display(piece: DisplayPiece): string | undefined {
    return this.#displays.display(piece);
  }

  progress(message: ProgressMessage): void {
    this.#displays.progress(message);
  }

  stdout(chunk: Uint8Array): void {
    this.#streams.stdout ??= this.#open('stdout');
    this.#streams.stdout.push(chunk);
  }

  stderr(chunk: Uint8Array): void {
    this.#streams.stderr ??= this.#open('stderr');
    this.#streams.stderr.push(chunk);
  }

  /** Flushes the text that redaction held back, and returns the kept output. Called once. */
  finish(): {
    readonly stdout: StreamOutput;
    readonly stderr: StreamOutput;
    readonly displayed: ReturnType<JobDisplays['finish']>;
  } {
    const { stdout, stderr } = this.#streams;
    return {
      stdout: stdout?.finish() ?? nothing,
      stderr: stderr?.finish() ?? nothing,
      displayed: this.#displays.finish(),
    };
  }
}

const nothing: StreamOutput = { text: '', cutBytes: 0, bytes: 0 };

class OutputStream {
  readonly #decoder = new Utf8Decoder();
  readonly #bounded: BoundedOutput;
  readonly #redactor: StreamRedactor;
  readonly #emit: (text: string) => void;
  #bytes = 0;

  constructor(bounded: BoundedOutput, redactor: StreamRedactor, emit: (text: string) => void) {
    this.#bounded = bounded;
    this.#redactor = redactor;
    this.#emit = emit;
  }

  push(chunk: Uint8Array): void {
    this.#bytes += chunk.length;
    this.#pass(this.#redactor.push(this.#decoder.push(chunk)));
  }

  finish(): StreamOutput {
    this.#pass(this.#redactor.push(this.#decoder.end()));
    this.#pass(this.#redactor.end());
    const { text, truncatedBytes } = this.#bounded.finish();
    return { text, cutBytes: truncatedBytes, bytes: this.#bytes };
  }

  #pass(text: string): void {
    if (text === '') return;
    this.#bounded.push(text);
    this.#emit(text);
  }
}
