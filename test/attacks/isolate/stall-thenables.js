// tries: a value that is a thenable, which resolves to a thenable, without end
// holds: trusted code that awaits the value is under the same clock
// threat: T2
// ends: timeout
// request: {"limits":{"timeoutMs":1000}}

const endless = { then: (resolve) => resolve(endless) };
endless;
