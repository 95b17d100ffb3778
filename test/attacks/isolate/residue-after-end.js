// tries: to live on after its end: intervals, chained microtasks, finalizers and a promise that is never done
// holds: the isolate is gone with the verdict; nothing comes after it
// threat: T9
// ends: success timeout
// request: {"limits":{"timeoutMs":1500}}

setInterval(() => console.log('still here'), 1).unref();
const registry = new FinalizationRegistry((held) => registry.register({}, held));
registry.register({}, 'x');
const spin = () => new Promise((done) => setTimeout(done, 0).unref()).then(spin);
spin();
('the end');
