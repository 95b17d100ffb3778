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
  const part =
    /(?:\s|\/\/[^\r\n\u2028\u2029]*|\/\*[\s\S]*?\*\/|;|^#![^\r\n]*)*(?:(["'])((?:[^\\\r\n]|\\[\s\S])*?)\1)?/uy;
  for (;;) {
    const at = part.lastIndex;
    const [, quote, text] = part.exec(code) ?? [];
    if (quote === undefined || part.lastIndex === at) return false;
    if (text === 'use strict') return true;
  }
}
