// tries: regular expressions that backtrack for ever, one after another, each in another part of V8's engine
// holds: the run ends at its wall time
// threat: T2
// ends: timeout
// proof: ^matching$
// request: {"limits":{"timeoutMs":1500}}

console.log('matching');
const text = `${'a'.repeat(60)}!`;
for (;;) {
  /^(a+)+$/.test(text);
  /(?<=^(a|aa)+)!b/v.test(text);
  text.replaceAll(/(x+x+)+y|(a|a)*b/gi, () => '');
  `${'ab'.repeat(40)}c`.match(/^(?:(ab)+|\1)*d/);
}
