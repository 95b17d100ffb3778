// tries: sourceURL and sourceMappingURL comments, so that its own frames pass for trusted ones and files are fetched
// holds: no file is read, no frame of another file is shown, the line is the guest's
// threat: T4
// ends: error
// proof: ^named$

console.log('named');
const run = (0, eval)(`(call) => call()
//# sourceURL=hotcell:realm
//# sourceMappingURL=file://${inputs.canary.file}`);
const again = (0, eval)(`(call) => call()\n//# sourceURL=file://${inputs.canary.file}`);
run(() =>
  again(() => {
    throw new Error('from a foreign file');
  }),
);
