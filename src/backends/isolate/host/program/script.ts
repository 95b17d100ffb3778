/**
 * What V8 runs through `eval` differs from a script: its `let`, `const` and `class` are seen by no other code, and under
 * "use strict" neither are `var` and functions; global names can be deleted. A program that could notice runs as a real
 * script, which costs one more change of threads.
 */
const mayNotice =
  /\beval\b|\bFunction\b|\.\s*constructor\b|\bdelete\s+[\w$]+\s*(?:[;,)\]}\r\n&|?:=]|$)|getOwnPropertyDescriptor|\bdefineProperty\b|\b(?:let|const|class)\s+(?:undefined|NaN|Infinity)\b/u;
/** Where it matters if the names of strict code are global. */
const looksForNames = /\b(?:globalThis|global|this)\b/u;

/** Whether a program could notice that it is evaluated. What it hides from a search for words goes unnoticed. */
export function needsScript(code: string): boolean {
  return mayNotice.test(code) || (looksForNames.test(code) && beginsStrictly(code));
}

/** Whether code that no parser has read begins with the directive "use strict", after comments and other directives. */
export function beginsStrictly(code: string): boolean {
  const space = /[\s;]+/uy;
  const text = /(?:"[^"\\\r\n]*"|'[^'\\\r\n]*')/uy;
  let at = code.startsWith('#!') ? endOfLine(code, 0) : 0;
  for (;;) {
    space.lastIndex = at;
    if (space.test(code)) at = space.lastIndex;
    else if (code.startsWith('//', at)) at = endOfLine(code, at);
    else if (code.startsWith('/*', at)) {
      const end = code.indexOf('*/', at + 2);
      if (end < 0) return false;
      at = end + 2;
    } else {
      // A directive with an escape in it is never this one, and rare: what follows it is taken for sloppy.
      text.lastIndex = at;
      if (!text.test(code)) return false;
      if (code.slice(at + 1, text.lastIndex - 1) === 'use strict') return true;
      at = text.lastIndex;
    }
  }
}

function endOfLine(code: string, from: number): number {
  const end = code.slice(from).search(/[\r\n\u2028\u2029]/u);
  return end < 0 ? code.length : from + end;
}
