/**
 * Shows steps on the screen: a live line on a terminal, plain lines in a pipe. Runs on Node 18, like the whole set-up.
 */
const terminal = Boolean(process.stdout.isTTY);
const colour = terminal && !process.env.NO_COLOR;
const frames = ['⠋', '⠙', '⠹', '⠸', '⠼', '⠴', '⠦', '⠧', '⠇', '⠏'];
/** In a pipe, a slow step repeats its line this often. */
const plainEveryMs = 10_000;

/** @typedef {{ readonly mark: 'done' | 'skipped', readonly detail: string }} Outcome */

/** @param {string} detail @returns {Outcome} */
export const done = (detail) => ({ mark: 'done', detail });

/**
 * A step whose work is not possible here; later steps continue without it.
 * @param {string} detail
 * @returns {Outcome}
 */
export const skipped = (detail) => ({ mark: 'skipped', detail });

/**
 * Shows one step with its name, its progress and its duration. A failure is shown and passed on.
 * @param {string} name
 * @param {(progress: (line: string) => void) => Promise<Outcome>} work
 * @returns {Promise<Outcome>}
 */
export async function step(name, work) {
  const startedAt = Date.now();
  const line = terminal ? liveLine(name, startedAt) : plainLines(name, startedAt);
  try {
    const outcome = await work(line.progress);
    line.end();
    const mark = outcome.mark === 'done' ? paint('green', '✓') : paint('yellow', '!');
    print(`${mark} ${label(name)} ${outcome.detail}`, startedAt);
    return outcome;
  } catch (error) {
    line.end();
    print(`${paint('red', '✗')} ${label(name)} failed`, startedAt);
    throw error;
  }
}

/** @param {string} name @param {number} startedAt */
function liveLine(name, startedAt) {
  let latest = '';
  let frame = 0;
  const draw = () => {
    const text = `${frames[frame++ % frames.length]} ${label(name)} ${seconds(startedAt)}  ${latest}`;
    process.stdout.write(`\r\u001b[2K${text.slice(0, (process.stdout.columns ?? 80) - 1)}`);
  };
  const timer = setInterval(draw, 80);
  return {
    /** @param {string} line */
    progress: (line) => {
      latest = oneLine(line);
    },
    end: () => {
      clearInterval(timer);
      process.stdout.write('\r\u001b[2K');
    },
  };
}

/** @param {string} name @param {number} startedAt */
function plainLines(name, startedAt) {
  let latest = '';
  const timer = setInterval(() => print(`  ${label(name)} ${latest}`, startedAt), plainEveryMs);
  return {
    /** @param {string} line */
    progress: (line) => {
      latest = oneLine(line);
    },
    end: () => clearInterval(timer),
  };
}

/** @param {string} line @param {number} startedAt */
function print(line, startedAt) {
  process.stdout.write(`${line}  ${paint('dim', seconds(startedAt))}\n`);
}

/** @param {string} name */
const label = (name) => name.padEnd(14);

/** @param {number} startedAt */
const seconds = (startedAt) => `${((Date.now() - startedAt) / 1000).toFixed(1)} s`;

/** Removes control sequences of other programs' output, which may move the cursor. @param {string} line */
const oneLine = (line) => line.replace(/\u001b\[[0-9;?]*[A-Za-z]|[\u0000-\u001f]/g, '').trim();

const codes = { green: 32, red: 31, yellow: 33, dim: 2 };

/** @param {keyof typeof codes} style @param {string} text */
function paint(style, text) {
  return colour ? `\u001b[${codes[style]}m${text}\u001b[0m` : text;
}
