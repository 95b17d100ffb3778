// tries: an error whose message never comes: the getter loops while trusted code describes what was thrown
// holds: describing is under the guest's clock
// threat: T2
// ends: timeout
// request: {"limits":{"timeoutMs":800}}

const error = new Error('x');
Object.defineProperty(error, 'message', {
  get() {
    for (;;);
  },
});
throw error;
