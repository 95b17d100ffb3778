import type { Kit } from '../kit.ts';

type Listener = (...values: unknown[]) => void;

/** Makes `readline` and `readline.promises`: lines of a stream, and questions that the lines of stdin answer. */
export function createReadline({ load }: Kit): object {
  interface Input {
    on(name: string, listener: Listener): unknown;
    setEncoding?(encoding: string): unknown;
  }
  interface Settings {
    readonly input: Input;
    readonly output?: { write(text: string): unknown };
  }
  const EventEmitter = load('events') as {
    new (): { on(name: string, listener: Listener): unknown; emit(name: string, ...values: unknown[]): boolean };
  };
  class Interface extends EventEmitter {
    readonly #output: Settings['output'];
    readonly #waiting: ((line: string) => void)[] = [];
    readonly #lines: string[] = [];
    #rest = '';
    #prompt = '> ';
    #isClosed = false;
    #isOver = false;
    #wake: () => void = () => undefined;
    #isIterated = false;
    /** Then lines wait for the next question. */
    #isAsked = false;
    line = '';
    closed = false;
    constructor({ input, output }: Settings) {
      super();
      this.#output = output;
      input.setEncoding?.('utf8');
      input.on('data', (chunk) => this.#take(String(chunk)));
      input.on('end', () => this.#finish());
    }
    #take(text: string): void {
      const lines = (this.#rest + text).split(/\r\n|\n|\r/u);
      this.#rest = lines.pop() ?? '';
      this.#lines.push(...lines);
      this.#serve();
    }
    #finish(): void {
      if (this.#rest !== '') this.#lines.push(this.#rest);
      this.#rest = '';
      this.#isOver = true;
      this.#serve();
    }
    /** Hands lines to those who wait: questions first. */
    #serve(): void {
      while (this.#lines.length > 0 && !this.#isClosed) {
        const asked = this.#waiting.shift();
        if (asked) asked(this.#lines.shift() as string);
        else if (this.#isIterated || this.#isAsked) break;
        else this.emit('line', this.#lines.shift());
      }
      this.#wake();
      if (this.#isOver && this.#lines.length === 0 && !this.#isIterated) this.close();
    }
    question(query: string, ...given: unknown[]): unknown {
      this.#isAsked = true;
      this.#output?.write(query);
      this.#waiting.push(given.at(-1) as (line: string) => void);
      queueMicrotask(() => this.#serve());
      return undefined;
    }
    prompt(): void {
      this.#output?.write(this.#prompt);
    }
    setPrompt(prompt: string): void {
      this.#prompt = prompt;
    }
    getPrompt(): string {
      return this.#prompt;
    }
    write(): void {}
    pause(): this {
      return this;
    }
    resume(): this {
      return this;
    }
    close(): void {
      if (this.#isClosed) return;
      this.#isClosed = true;
      this.closed = true;
      this.#wake();
      this.emit('close');
    }
    [Symbol.dispose](): void {
      this.close();
    }
    async *[Symbol.asyncIterator](): AsyncGenerator<string> {
      this.#isIterated = true;
      for (;;) {
        while (this.#lines.length > 0) yield this.#lines.shift() as string;
        if (this.#isOver || this.#isClosed) break;
        await new Promise<void>((resolve) => {
          this.#wake = resolve;
        });
      }
      this.close();
    }
  }
  const settingsOf = (input: Input | Settings, output?: Settings['output']): Settings =>
    'input' in input ? input : output ? { input, output } : { input };
  const createInterface = (input: Input | Settings, output?: Settings['output']): Interface =>
    new Interface(settingsOf(input, output));
  class PromisesInterface extends Interface {
    override question(query: string): Promise<string> {
      return new Promise<string>((resolve) => super.question(query, resolve));
    }
  }
  const nothing = (): boolean => true;
  return {
    Interface,
    createInterface,
    ...{ clearLine: nothing, cursorTo: nothing, moveCursor: nothing, emitKeypressEvents: nothing },
    promises: {
      Interface: PromisesInterface,
      createInterface: (input: Input | Settings, output?: Settings['output']) =>
        new PromisesInterface(settingsOf(input, output)),
    },
  };
}
