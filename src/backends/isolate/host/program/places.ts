import type { Position } from './edits.ts';

/** How many programs, and characters of them, a session remembers: what they take is the host's memory. */
const programsMax = 64;
const charactersMax = 2_097_152;

/** Begins the name of a file whose places are not those of the guest's own code. */
export const compiledPrefix = 'compiled:';

interface Known {
  readonly characters: number;
  /** Lines of the guest's own; what follows is not the guest's. */
  readonly lines: number;
  locate(position: Position): Position;
}

/** Leads from places in compiled programs back to the guest's own code, for the last programs of a job or session. */
export class Places {
  readonly #programs = new Map<string, Known>();
  #characters = 0;

  /** Remembers how to find the way back in a file. */
  add(fileName: string, known: Known): void {
    this.#forget(fileName);
    this.#programs.set(fileName, known);
    this.#characters += known.characters;
    for (const [name] of this.#programs) {
      if (name === fileName) break;
      if (this.#programs.size > programsMax || this.#characters > charactersMax) this.#forget(name);
    }
  }

  /** File and position as they are in the guest's own code; `undefined` for a place that is not in it. */
  locate(file: string, position: Position): (Position & { readonly file: string }) | undefined {
    if (!file.startsWith(compiledPrefix)) return { file, ...position };
    const name = file.slice(compiledPrefix.length);
    const known = this.#programs.get(name);
    if (known && position.line > known.lines) return undefined;
    return { file: name, ...(known?.locate(position) ?? position) };
  }

  /** Answers a realm: places as `file:line:column`, one a line; `-` for those that are not the guest's. */
  answer(places: string): string {
    return places
      .split('\n', 200)
      .map((place) => {
        const [, file = '', line, column] = /^(\S{1,64}):(\d{1,9}):(\d{1,9})$/u.exec(place) ?? [];
        const found = this.locate(file, { line: Number(line), column: Number(column) - 1 });
        if (file === '') return '';
        return found ? `${found.file}:${found.line}:${found.column + 1}` : '-';
      })
      .join('\n');
  }

  #forget(name: string): void {
    this.#characters -= this.#programs.get(name)?.characters ?? 0;
    this.#programs.delete(name);
  }
}
