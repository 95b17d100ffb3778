// tries: to read and write outside of the workspace by every spelling of a path
// holds: a path is relative and plain, or refused
// threat: T10
// ends: success
// proof: ^refused \d+ of \d+$
// request: {"collect":["**"]}

const paths = [
  '..',
  '../x',
  'a/../../x',
  '/etc/passwd',
  '/workspace',
  '/workspace/',
  '/workspace/../etc/passwd',
  '/workspace//etc/passwd',
  './../x',
  './/x',
  '',
  '.',
  './',
  '/',
  '\\..\\x',
  'C:\\x',
  '//host/share',
  'a//b',
  'a/./b',
  'a/',
  'a\0b',
  'a\nb',
  'a\u2028b',
  '\u001b[2J',
  '\u007f',
  '\u0085',
  '\ud800',
  '\udc00x',
  'x'.repeat(256),
  'é'.repeat(128),
  'a/'.repeat(600),
  'file:///etc/passwd',
  `file://${inputs.canary.file}`,
  inputs.canary.file,
  `../../../../..${inputs.canary.file}`,
  '/proc/self/environ',
  '/workspace/./../../proc/self/mem',
];
let refused = 0;
for (const path of paths) {
  for (const act of ['read', 'readBytes', 'remove', 'write']) {
    try {
      const answer = context.files[act](path, 'x');
      if (act !== 'write' && answer !== undefined && answer !== 'x') console.log('BREACH', act, path);
    } catch (error) {
      if (!(error instanceof Error)) console.log('BREACH foreign error');
      refused += 1;
    }
  }
}
for (const name of context.files.list()) {
  if (/^\/|(^|\/)\.\.?(\/|$)|[\0-\u001f\u007f-\u009f\u2028]|\\/.test(name)) console.log('BREACH', JSON.stringify(name));
}
console.log('refused', refused, 'of', paths.length * 4);
