// tries: get from a tool, its promise, its answer or its error to anything of the host; call what is no tool
// holds: all of them are objects of the guest's own realm, and names are only names
// threat: T16
// ends: success
// tools: yes
// proof: ^seen \d\d+$

const seen = new Set();
const queue = [tools, ToolError, tools.echo, tools.echo(1), await tools.echo({ a: [1] })];
queue.push(await tools.leak().catch((error) => error), tools.echo.constructor, Object.getPrototypeOf(ToolError));
const functions = [
  Function,
  (async () => {}).constructor,
  function* () {}.constructor,
  async function* () {}.constructor,
];
while (queue.length > 0) {
  const value = queue.pop();
  if ((typeof value !== 'object' && typeof value !== 'function') || value === null || seen.has(value)) continue;
  seen.add(value);
  let maker;
  try {
    maker = value.constructor?.constructor;
  } catch {}
  if (typeof maker === 'function') {
    if (!functions.includes(maker)) console.log('BREACH a foreign constructor');
    if (maker('return process')() !== process) console.log('BREACH another realm');
  }
  queue.push(Object.getPrototypeOf(value));
  for (const key of Reflect.ownKeys(value)) {
    const { value: inner, get, set } = Object.getOwnPropertyDescriptor(value, key);
    queue.push(inner, get, set);
  }
}
for (const name of ['__proto__', 'toString', 'hasOwnProperty', 'then', '', 'call', 'aio', 'constructor']) {
  if (tools[name] !== undefined) console.log('BREACH there is a tool', name);
}
try {
  tools.echo = () => 'mine';
} catch {}
try {
  tools.evil = () => 'mine';
} catch {}
if ((await tools.echo(2)) !== 2 || tools.evil) console.log('BREACH the tools can be changed');
console.log('seen', seen.size);
