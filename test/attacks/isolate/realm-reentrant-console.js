// tries: to enter console again from inside console, and from there the files and the timers
// holds: each call does its own work; output stays in whole lines and the job ends
// threat: T1
// ends: success
// proof: inner 20$

let depth = 0;
const nested = {
  get again() {
    depth += 1;
    if (depth <= 20) {
      console.log('inner', depth);
      console.group('g');
      console.table([nested]);
      console.groupEnd();
      context.files.write(`output/${depth}.txt`, 'x');
      setTimeout(() => console.log('later'), 0);
    }
    return depth;
  },
  toString() {
    console.error('in toString');
    return 'text';
  },
};
console.log('%s|%d|%O', nested, nested, nested);
console.table({
  a: nested,
  get b() {
    return JSON.stringify(nested);
  },
});
console.dir(nested, {
  get depth() {
    console.log('option');
    return Infinity;
  },
  get customInspect() {
    return true;
  },
});
console.assert(false, nested);
console.log('depth', depth);
