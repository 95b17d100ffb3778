// tries: eval in every form, to see the scope of the code that calls it
// holds: direct or not, eval sees globals and the guest's own scope
// threat: T1
// ends: success
// proof: ^evaluated 5$

const words =
  'ask host write report parts intrinsics evaluate source mode entry run finish outcome reported modules kit'.split(
    ' ',
  );
let evaluated = 0;
const evals = [
  (code) => eval(code),
  (code) => (0, eval)(code),
  (code) => globalThis.eval(code),
  (code) => Function(`return ${code}`)(),
  (code) => Reflect.apply(eval, undefined, [code]),
];
for (const run of evals) {
  evaluated += 1;
  for (const word of words) {
    if (['evaluated', 'words', 'evals', 'run', 'code'].includes(word)) continue;
    if (run(`typeof ${word}`) !== 'undefined') console.log('BREACH', word);
  }
  if (run('typeof arguments === "object" && arguments.length > 3')) console.log('BREACH arguments');
}
console.log('evaluated', evaluated);
