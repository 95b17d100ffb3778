// tries: artifacts whose names have a meaning for the code that handles them: prototypes, flags, devices, markup, commands
// holds: names are data: each comes back as it was written, relative and without control characters
// threat: T10
// ends: success
// proof: ^named \d+$

const names = [
  '__proto__',
  'constructor',
  'toString',
  'hasOwnProperty',
  'prototype/__proto__',
  '-rf',
  '--help',
  '$(reboot)',
  '`reboot`',
  ';reboot',
  '| cat',
  '&& x',
  '%2e%2e%2fx',
  '..%2f',
  '...',
  '.. ',
  ' ..',
  '. .',
  '~',
  '~root',
  'CON',
  'nul.txt',
  '<img src=x onerror=alert(1)>',
  "';--",
  '{{7*7}}',
  '\u202egnp.exe',
  '\ufeffbom',
  'e\u0301',
  '\u{1f600}',
  'a:b',
  '*',
  '**',
  '[a]',
  '?',
  '#x',
  'a b',
  '=cmd()',
  '@link',
  'x'.repeat(255),
];
for (const name of names) context.files.write(`output/${name}`, name);
console.log('named', names.length);
names.length;
