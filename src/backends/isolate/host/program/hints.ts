/** What a program was that failed. */
export interface Failed {
  readonly name: string;
  readonly message: string;
  readonly code: string;
  readonly language: string;
}

const noPage = 'there is no page here; work on texts and return what you made';
const noNetwork = 'this call may not reach any address; the caller can allow some (network.allow)';

/** Names that other places have, and what to use instead. */
const names: Readonly<Record<string, string>> = {
  document: noPage,
  window: 'there is no page here; globalThis has the global names',
  self: 'globalThis has the global names',
  navigator: noPage,
  location: noPage,
  alert: 'use console.log',
  confirm: 'nobody can be asked; inputs and process.stdin have what the caller passed',
  prompt: 'nobody can be asked; inputs and process.stdin have what the caller passed',
  input: 'inputs and process.stdin have what the caller passed',
  localStorage: 'keep values in variables (a session keeps them between calls), or in files with fs',
  sessionStorage: 'keep values in variables (a session keeps them between calls), or in files with fs',
  DOMParser: noPage,
  HTMLElement: noPage,
  XMLHttpRequest: 'use fetch, if the call may reach addresses (network.allow)',
  WebSocket: 'there are no sockets; use fetch, if the call may reach addresses (network.allow)',
  fetch: noNetwork,
  Headers: noNetwork,
  Request: noNetwork,
  Response: noNetwork,
  axios: 'use fetch, if the call may reach addresses (network.allow)',
  $: noPage,
  jQuery: noPage,
  _: 'lodash is not here; the methods of arrays and objects do most of it',
  React: 'there is no page to render; return data, or a text with HTML',
  Deno: 'use fs, process and the other modules of Node that are here',
  Bun: 'use fs, process and the other modules of Node that are here',
  Worker: 'there are no threads; make one call for each part of the work',
  WebAssembly: 'it cannot be held to the memory limit, and is not available',
  SharedArrayBuffer: 'there are no threads to share memory with; use ArrayBuffer',
  tools: 'this call has no host functions (tools)',
  Blob: 'use Buffer',
  print: 'use console.log',
  True: 'JavaScript writes true',
  False: 'JavaScript writes false',
  None: 'JavaScript writes null',
  len: 'use .length',
};

interface Hint {
  /** Of the error's name and message. */
  readonly error: RegExp;
  /** Of the program, and its language; each without it. */
  readonly code?: RegExp;
  readonly language?: string;
  readonly advice: string;
}

/** In this order; the first that fits is given. */
const hints: readonly Hint[] = [
  {
    error: /is not a function|SyntaxError/u,
    code: /^\s*```/u,
    advice: 'the code begins with a Markdown fence (```); pass only what is inside it',
  },
  {
    error: /Illegal return statement|'return' outside of function|Return statement is not allowed/iu,
    advice: '"return" is allowed only in a function; the value of a script is its last expression',
  },
  {
    error: /await is only valid|Unexpected reserved word|'await' (?:isn't|is not) allowed|await.*reserved/iu,
    code: /\bawait\b/u,
    advice: 'write "async" before the function in which "await" stands; at the top level "await" works',
  },
  {
    error: /SyntaxError/u,
    code: /^[ \t]*@[A-Za-z_$][\w$.]*(?:\(|[ \t]*$|[ \t]+(?:class|static|get|set|async|export|[\w$]+[ \t]*\())/mu,
    advice: 'decorators are not available, as in Node; call the function yourself: C = decorate(C)',
  },
  {
    error: /SyntaxError/u,
    code: /(?:return|=>|[=(,?:&|])\s*<(?:>|[A-Za-z][\w.]*(?:\s+[\w-]+=|\s*\/?>))/u,
    advice: 'JSX is not available; build a text with a template, or call functions that make the elements',
  },
  {
    error: /SyntaxError/u,
    code: /^[ \t]*(?:def \w+\(.*\):|elif .*:|from [\w.]+ import |import \w+(?: as \w+)?\s*$|print [^(])/mu,
    advice: 'this looks like Python; run it with language "python"',
  },
  {
    error: /SyntaxError/u,
    language: 'javascript',
    code: /^[ \t]*(?:export[ \t]+)?(?:interface|enum|type)[ \t]+\w+|[\w)\]]\??\s*:\s*(?:string|number|boolean|any|unknown|void|never)\b|\bas (?:const|string|number|any|unknown)\b/mu,
    advice: 'this looks like TypeScript; run it with language "typescript"',
  },
  {
    error: /SyntaxError/u,
    code: /[\u201c\u201d\u2018\u2019]/u,
    advice: 'the code has typographic quotes; write " or \'',
  },
  {
    error: /Unexpected end of input|Unexpected eof|missing \) after argument list|Unterminated/iu,
    advice: 'a bracket or a quote is not closed; perhaps the end of the code was cut off',
  },
  {
    error: /Maximum call stack size exceeded/u,
    advice: 'a function calls itself too often; end the recursion earlier, or use a loop',
  },
  {
    error: /crypto\.(?:createHash|createHmac|randomBytes|randomInt|timingSafeEqual) is not a function/u,
    advice: "the global crypto is that of the web; use require('crypto')",
  },
];

/** The message of an error, with what to do if it is one of the usual mistakes. */
export function addHint({ name, message, code, language }: Failed): string {
  const missing = name === 'ReferenceError' ? /^([\w$]+) is not defined$/u.exec(message)?.[1] : undefined;
  const forName = missing !== undefined && Object.hasOwn(names, missing) ? names[missing] : undefined;
  if (forName !== undefined) return `${message}: ${forName}.`;
  const error = `${name}: ${message.slice(0, 1_000)}`;
  // The start tells; a search through all of it would keep the host's thread.
  const start = code.slice(0, 65_536);
  const hint = hints.find(
    (each) =>
      each.error.test(error) &&
      (each.language === undefined || each.language === language) &&
      (each.code === undefined || each.code.test(start)),
  );
  return hint ? `${message.replace(/\.$/u, '')}: ${hint.advice}.` : message;
}
