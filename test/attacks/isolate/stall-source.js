// tries: source text that parsers break on: nesting, names and lines of a megabyte, null bytes, all line ends
// holds: a SyntaxError or RangeError of the guest's realm
// threat: T2
// ends: success
// proof: ^parsed 1\d$
// request: {"limits":{"timeoutMs":60000}}

const times = 200_000;
const sources = [
  '('.repeat(times),
  '['.repeat(times) + ']'.repeat(times),
  '{'.repeat(times) + '}'.repeat(times),
  `${'!'.repeat(times)}1`,
  `${'`${'.repeat(5_000)}1${'}`'.repeat(5_000)}`,
  `1${'+1'.repeat(times)}`,
  `a${'.a'.repeat(times)}`,
  `let ${'n'.repeat(1_000_000)} = 1`,
  `"${'x'.repeat(10_000_000)}"`,
  '\0\0\0',
  'let a = 1\r\rlet b\u2028let c\u2029// \u2028a + 1 --> \n<!-- x\n--> y\n b',
  `(${Array.from({ length: 70_000 }, (_, i) => `a${i}`)}) => 1`,
  `${'if (1) '.repeat(20_000)};`,
  `${'async () => '.repeat(5_000)}1`,
  `class A { ${'static #a = class { '.repeat(500)} ${'}'.repeat(501)}`,
  '//'.repeat(1_000_000),
];
let parsed = 0;
for (const source of sources) {
  try {
    (0, eval)(source);
  } catch (error) {
    if (!(error instanceof Error)) console.log('BREACH foreign error');
  }
  parsed += 1;
}
console.log('parsed', parsed);
