import { cellKinds } from '../../../../cells/protocol/frame-codec.ts';
import type { CancelMessage, JobMessage, Verdict } from '../../../../cells/protocol/messages.ts';
import type { ToolResultMessage } from '../../../../cells/protocol/tool-messages.ts';
import { pollResults } from '../../realm/bootstrap.ts';
import { GuestCalls } from '../calls/guest-calls.ts';
import { GuestNetwork } from '../calls/guest-network.ts';
import { GuestToolCalls } from '../calls/guest-tool-calls.ts';
import { ArtifactSender } from '../channel/artifact-sender.ts';
import { DisplaySender } from '../channel/display-sender.ts';
import type { HostChannel } from '../channel/host-channel.ts';
import { OutputSender } from '../channel/output-sender.ts';
import { chooseArtifacts, packArtifacts, unpack } from '../files/archive.ts';
import { Workspace, WorkspaceError } from '../files/workspace.ts';
import type { Guest } from '../guest/guest.ts';
import { GuestStdin } from '../guest/guest-stdin.ts';
import { GuestThread, interrupt, interruptGraceMs, leaveGraceMs } from '../guest/guest-thread.ts';
import { Meter } from '../guest/meter.ts';
import { type Step, StepQueue } from '../guest/step-queue.ts';
import { Places } from '../program/places.ts';
import { compileProgram, explainerOf, type Program } from '../program/program.ts';
import { ProgramError } from '../program/syntax.ts';
import { firstStep } from './first-step.ts';
import { JobInput } from './job-input.ts';
import {
  describeCopy,
  exited,
  isSyntaxError,
  type Outcome,
  syntaxError,
  syntaxErrorAt,
  threw,
  unsettled,
  valueBytes,
} from './outcome.ts';
import { explainReport, type RealmReport } from './report.ts';
import type { HostSession } from './session.ts';
import { watchTime } from './time-limits.ts';

/**
 * Answers of tools and servers may arrive in thousands of messages: memory is then read at this interval, in
 * milliseconds.
 */
const answerSampleMs = 5;

/** The parts of the host that a job needs. */
export interface JobHost {
  readonly channel: HostChannel;
  /** A fresh guest; for an interpreter's language, the one reserved for the job. */
  take(job: number, usesInterpreter: boolean, limits: JobMessage['limits']): Guest;
  /** Says that the host lives, now and then while a job keeps its thread. */
  busy(): void;
  /** The verdict is out. */
  jobEnded(job: number): void;
  /** A thread of this process can no longer be stopped. */
  poisoned(): void;
}

/** One job in this host, from its message to its verdict. */
export class HostJob {
  /** The input after the job's message. */
  readonly input: JobInput;
  readonly #host: JobHost;
  readonly #job: number;
  readonly #message: JobMessage;
  readonly #output: OutputSender;
  readonly #steps: StepQueue = new StepQueue(() => this.#guest?.wake?.());
  readonly #toolCalls: GuestToolCalls;
  readonly #displays: DisplaySender;
  readonly #network: GuestNetwork | undefined;
  readonly #stdin: GuestStdin | undefined;
  readonly #guestCalls: GuestCalls;
  readonly #session: HostSession | undefined;
  readonly #workspace: Workspace;
  readonly #places: Places;
  readonly #artifacts: ArtifactSender;
  readonly #ended: PromiseWithResolvers<Outcome> = Promise.withResolvers();
  #guest: Guest | undefined;
  #meter: Meter | undefined;
  readonly #thread = new GuestThread();
  #isOver = false;
  /** Settled once the guest's program has ended by itself. */
  readonly #returned: PromiseWithResolvers<void> = Promise.withResolvers();
  #hasReturned = false;
  /** Whether the guest was asked to stop. */
  #isInterrupted = false;
  #isLost = false;
  #wasGone = false;
  #report: RealmReport | undefined;

  constructor(host: JobHost, job: number, message: JobMessage, session?: HostSession) {
    this.#session = session;
    this.#host = host;
    this.#job = job;
    this.#message = message;
    this.#output = new OutputSender(host.channel, job);
    this.#toolCalls = new GuestToolCalls(host.channel, job, message.limits.valueKb * 1024, this.#steps);
    this.#displays = new DisplaySender(host.channel, job, message.limits);
    this.#network = message.network > 0 ? new GuestNetwork(host.channel, job, this.#steps) : undefined;
    this.#artifacts = new ArtifactSender(host.channel, job);
    this.#workspace = session?.workspaceOf(message) ?? new Workspace(message.limits, message.collect);
    this.#places = session?.places ?? new Places();
    // The interpreters that can wait for it.
    if (message.language === 'python') this.#stdin = new GuestStdin(message.stdin, () => this.#guest?.wake?.());
    const targets = {
      workspace: this.#workspace,
      displays: this.#displays,
      stdin: this.#stdin,
      network: this.#network,
      places: this.#places,
    };
    this.#guestCalls = new GuestCalls(host.channel, this.#steps, targets, () => this.#meter);
    this.input = new JobInput(message, this.#stdin !== undefined, () => this.#start());
    void this.#ended.promise.then((outcome) => this.#finish(outcome));
  }

  /**
   * Called periodically: checks the job and returns its processor time so far in milliseconds. If an isolate exceeds
   * its memory limit, isolated-vm disposes it, but its thread may be in code that nothing interrupts.
   */
  look(): number {
    const isGone = this.#guest?.isolate.isDisposed ?? false;
    if (isGone && this.#wasGone) this.#ended.resolve({ end: 'memory' });
    this.#wasGone = isGone;
    return this.#meter?.cpuMs ?? 0;
  }

  takeStdin(chunk: Uint8Array): void {
    if (this.#stdin) this.#stdin.take(chunk);
    else {
      this.input.takeStdin(chunk);
      this.#network?.tookStdin(chunk.length);
    }
  }

  takeAnswer(answer: ToolResultMessage): void {
    this.#toolCalls.take(answer);
  }

  takeNetwork(payload: Uint8Array): void {
    this.#network?.take(payload);
  }

  takeArtifactCredit(bytes: number): void {
    this.#artifacts.took(bytes);
  }

  cancel(reason: CancelMessage['reason']): void {
    if (this.#isOver) this.#artifacts.cancel();
    this.#ended.resolve(reason === 'timeout' ? { end: 'wall' } : { end: reason === 'output' ? 'output' : 'cancelled' });
  }

  #start(): void {
    this.#run().then(
      (outcome) => {
        this.#hasReturned = true;
        this.#returned.resolve();
        this.#ended.resolve(outcome);
      },
      (error: unknown) =>
        this.#ended.resolve({ end: 'fault', error: { message: `The host process failed: ${error}` } }),
    );
  }

  async #run(): Promise<Outcome> {
    const { limits } = this.#message;
    const { inputs, stdin } = this.input;
    let program: Program;
    try {
      await this.#unpack();
      const done = this.#session?.actOnFiles(this.#message);
      if (done) return done;
      program = await compileProgram(this.#message, () => this.#host.busy());
      if (program.isMoved) this.#places.add(program.fileName, { characters: program.source.length, ...program });
    } catch (error) {
      if (error instanceof ProgramError) return syntaxErrorAt(error, { explain: explainerOf(this.#message) });
      if (error instanceof WorkspaceError) return { end: 'threw', error: { name: error.name, message: error.message } };
      throw error;
    }
    if (this.#isOver) return unsettled;
    const guest = this.#takeGuest(program.usesInterpreter);
    this.#guest = guest;
    guest.attach({
      ask: (...asked) => this.#guestCalls.answer(...asked),
      write: (stream, text) => this.#output.write(stream, text),
      call: (...call) => {
        if (this.#isOver) return;
        // Output from before the call must arrive before the call.
        this.#output.flush();
        this.#toolCalls.call(...call);
      },
      report: (...report) => {
        this.#report ??= report;
        // It waits to be taken off its thread.
        if (report[0] === 'exited' && !this.#session) this.#ended.resolve(exited(report[1]));
      },
      catastrophe: () => {
        this.#isLost = true;
        this.#ended.resolve({ end: 'memory' });
      },
    });
    const network = this.#network;
    if (network) await guest.openNetwork(this.#message.network, (...said) => this.#isOver || network.say(...said));
    this.#meter = new Meter(guest, limits.memoryMb, program.usesInterpreter ? undefined : this.#workspace);
    const clock = watchTime(limits, this.#meter, (outcome) => this.#ended.resolve(outcome));
    void this.#ended.promise.then(() => {
      clock[Symbol.dispose]();
      if (!this.#isInterrupted) this.#steps.wake();
    });
    try {
      const first = firstStep(this.#message, program, inputs, stdin);
      const isScript = program.isScript && (await this.#evaluate(guest, first, program));
      await this.#drive(guest, this.#meter, isScript ? [] : [first]);
    } catch (error) {
      if (guest.isolate.isDisposed) return { end: 'memory' };
      if (this.#session && this.#meter.wallMs >= limits.timeoutMs) return { end: 'wall' };
      if (program.isScript && isSyntaxError(error)) return syntaxError(error.message, program);
      if (this.#report?.[0] !== 'threw') return await this.#explainCopy(guest, this.#meter, error, program);
    }
    if (!this.#report) {
      // Unfinished work of an interpreter would disturb its next program.
      if (program.usesInterpreter) this.#session?.end();
      return unsettled;
    }
    const outcome = await explainReport(this.#report, guest, program, this.#places, limits);
    if (outcome.isGone) this.#session?.end();
    return outcome;
  }

  async #unpack(): Promise<void> {
    const chunks = this.input.takeFileChunks();
    if (chunks.length > 0) await unpack(chunks, this.#workspace);
  }

  #takeGuest(usesInterpreter: boolean): Guest {
    const guest = this.#session?.guest ?? this.#host.take(this.#job, usesInterpreter, this.#message.limits);
    if (this.#session) this.#session.guest = guest;
    return guest;
  }

  /** Sends a step to the guest. V8 stops a session's guest in its step when the time is up, and the guest stays. */
  #enter(guest: Guest, meter: Meter, step: readonly (string | number | boolean)[]): Promise<unknown> {
    if (!this.#session || !guest.enterFor) return guest.enter(...step);
    return guest.enterFor(Math.max(Math.ceil(this.#message.limits.timeoutMs - meter.wallMs), 1), ...step);
  }

  /** Has V8 run a program as a script, without the realm's `eval`. False if the guest cannot. */
  async #evaluate(guest: Guest, first: Step, { source, fileName }: Program): Promise<boolean> {
    if (!guest.evaluate) return false;
    const started = Promise.all([guest.enter(...first), guest.evaluate(source, fileName)]);
    await this.#thread.follow(started);
    return true;
  }

  /** What is known of an exception or a rejection that left the isolate as a copy. */
  async #explainCopy(guest: Guest, meter: Meter, error: unknown, program: Program): Promise<Outcome> {
    const copy = describeCopy(error, program.isScript === true);
    const known = program.usesInterpreter
      ? undefined
      : await this.#thread.follow(this.#enter(guest, meter, ['failed', ...copy])).catch(() => undefined);
    const [name, message, stack] = typeof known === 'string' ? (JSON.parse(known) as typeof copy) : copy;
    return threw(name, message, stack, program, this.#places);
  }

  /** Runs turn after turn until the guest has reported its end or can go nowhere; throws if it holds too much. */
  async #drive(guest: Guest, meter: Meter, start: readonly Step[]): Promise<void> {
    let gapMs = 0;
    let steps = start;
    for (;;) {
      // Sent together, they cross the threads once: the steps, the microtasks that they leave, then the poll.
      const entered = steps.map((step) => this.#enter(guest, meter, step));
      const turn = Promise.all([this.#enter(guest, meter, ['poll']), meter.sampleMemory(gapMs), ...entered]);
      const [next] = await this.#thread.follow(turn);
      const isLast = this.#report !== undefined || next === pollResults.finished || next === pollResults.stuck;
      await meter.check(isLast);
      if (isLast) return;
      const timerMs = next === pollResults.calling ? undefined : Number(next);
      if (timerMs !== 0) await this.#steps.wait(timerMs);
      if (this.#isOver && !this.#isInterrupted) return;
      const received = this.#steps.collect();
      gapMs = received.length > 0 ? answerSampleMs : 0;
      steps = timerMs === undefined ? received : [...received, ['turn']];
    }
  }

  /** Sends the remaining messages and destroys the guest. Runs once. */
  async #finish(outcome: Outcome): Promise<void> {
    const { channel } = this.#host;
    const meter = this.#meter;
    this.#isOver = true;
    const usage = { wallMs: meter?.wallMs ?? 0, cpuMs: meter?.cpuMs ?? 0 };
    if (!this.#hasReturned) await this.#stop();
    this.#output.close();
    this.#displays.close();
    if (outcome.end === 'memory') meter?.tookAll();
    if (outcome.value) channel.send(this.#job, cellKinds.value, valueBytes(outcome.value, this.#message.limits));
    const { files, dropped } = chooseArtifacts(
      this.#workspace,
      this.#message.collect,
      (...file) => this.#session?.collects(this.#message, ...file) ?? true,
    );
    if (files.length > 0) await this.#artifacts.send(packArtifacts(files));
    const isKept = this.#session?.isSound && !this.#isLost;
    const verdict: Verdict = {
      end: outcome.end,
      value: outcome.value?.kind ?? 'none',
      ...(outcome.error && { error: outcome.error }),
      ...(outcome.exitCode !== undefined && { exitCode: outcome.exitCode }),
      usage: { ...usage, peakMemoryBytes: meter?.peakMemoryBytes ?? 0 },
      droppedArtifacts: dropped + this.#workspace.dropped,
      ...(this.#displays.dropped > 0 && { droppedDisplays: this.#displays.dropped }),
      ...(this.#session && { session: isKept ? 'kept' : 'lost' }),
    };
    if (this.#isLost) this.#host.poisoned();
    channel.send(this.#job, cellKinds.verdict, JSON.stringify(verdict));
    if (this.#session && !isKept) this.#session.isOver = true;
    this.#host.jobEnded(this.#job);
    // Last, because disposing an isolate takes a millisecond for which nobody needs to wait.
    if (!this.#isLost && !isKept) setImmediate(() => this.#guest?.dispose());
  }

  /** Stops the guest, so that it leaves its thread. */
  async #stop(): Promise<void> {
    if (this.#isLost) return;
    if (this.#session?.isSound && (await this.#comesToRest())) return;
    this.#guest?.dispose();
    this.#isLost = !(await this.#thread.leaves(leaveGraceMs));
  }

  /**
   * Whether a session's guest can take the next job. A guest of V8 leaves its thread by itself, or V8 stops it at its
   * time limit. An interpreter's guest is interrupted and must end its program, because unfinished work would disturb
   * the next one.
   */
  async #comesToRest(): Promise<boolean> {
    const guest = this.#guest;
    if (!guest?.interrupt) return !this.#thread.isBusy || (await this.#thread.leaves(interruptGraceMs));
    this.#isInterrupted = true;
    if (await interrupt(guest, this.#steps, this.#returned.promise)) return true;
    this.#isInterrupted = false;
    this.#steps.wake();
    return false;
  }
}
