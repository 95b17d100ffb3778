/** What `require` and `import` find. */
export const moduleNames: readonly string[] = [
  'assert',
  'assert/strict',
  'buffer',
  'console',
  'crypto',
  'events',
  'fs',
  'fs/promises',
  'module',
  'os',
  'path',
  'path/posix',
  'perf_hooks',
  'process',
  'querystring',
  'readline',
  'readline/promises',
  'string_decoder',
  'timers',
  'timers/promises',
  'url',
  'util',
  'util/types',
];

/** What to use instead of a module, by its name. */
const instead: Readonly<Record<string, string>> = {
  child_process: 'there are no processes; a call in Bash or Python runs commands',
  cluster: 'there are no processes; make one call for each part of the work',
  worker_threads: 'there are no threads; make one call for each part of the work',
  vm: 'the code runs in an isolate already; eval and new Function work',
  v8: 'result.usage has the memory and the time of the call',
  http: 'use fetch, if the call may reach addresses (network.allow)',
  https: 'use fetch, if the call may reach addresses (network.allow)',
  http2: 'use fetch, if the call may reach addresses (network.allow)',
  net: 'there are no sockets; use fetch, if the call may reach addresses (network.allow)',
  tls: 'there are no sockets; use fetch, if the call may reach addresses (network.allow)',
  dgram: 'there are no sockets; use fetch, if the call may reach addresses (network.allow)',
  dns: 'the engine resolves names; use fetch, if the call may reach addresses (network.allow)',
  axios: 'use fetch, if the call may reach addresses (network.allow)',
  'node-fetch': 'use fetch, if the call may reach addresses (network.allow)',
  undici: 'use fetch, if the call may reach addresses (network.allow)',
  got: 'use fetch, if the call may reach addresses (network.allow)',
  zlib: 'a call in Python has zlib and gzip',
  sqlite: 'a call in Python has sqlite3',
  stream: 'read and write whole files and texts; process.stdin is an async iterable',
  async_hooks: 'pass what is needed as an argument',
  inspector: 'console.log and the stack in result.error show what happens',
  tty: 'there is no terminal; console.log writes plain text',
  repl: 'hotcell repl runs a session at the terminal',
  test: 'use assert, and plain functions as tests',
  express: 'a call cannot serve; return a value, or write files under output/',
  lodash: 'the methods of arrays and objects do most of it (Object.groupBy, structuredClone, toSorted, flatMap)',
  underscore: 'the methods of arrays and objects do most of it (Object.groupBy, structuredClone, toSorted, flatMap)',
  moment: 'use Date and Intl.DateTimeFormat',
  dayjs: 'use Date and Intl.DateTimeFormat',
  uuid: 'use crypto.randomUUID()',
  dotenv: 'process.env has the variables of the call',
  chalk: 'there is no terminal; write plain text',
  react: 'there is no page to render; return data, or a text with HTML',
  jsdom: 'there is no page; work on the text',
  puppeteer: 'there is no browser',
  playwright: 'there is no browser',
};

/** Why there is no module of that name, and what to use. */
export function explainMissingModule(name: string): string {
  const shown = name.slice(0, 200);
  const known = name.replace(/^node:/u, '').replace(/\/promises$/u, '');
  const advice = Object.hasOwn(instead, known) ? instead[known] : undefined;
  if (advice !== undefined) {
    return `Cannot find module '${shown}': it is not available here; ${advice}.`;
  }
  if (/^(?:\.{0,2}\/)/u.test(name)) {
    return `Cannot find module '${shown}': the workspace has no such file; pass it in files.`;
  }
  return (
    `Cannot find module '${shown}': packages cannot be installed here. These modules are there: ${moduleNames.join(', ')}. ` +
    'Pass other code in files and require it by its path.'
  );
}
