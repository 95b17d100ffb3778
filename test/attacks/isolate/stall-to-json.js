// tries: values that never finish being put into words: toJSON and getters that make more of themselves
// holds: describing the value is under the guest's clock and memory
// threat: T2
// ends: timeout memory_limit error success
// request: {"limits":{"timeoutMs":1500,"memoryMb":64}}

const more = () => ({
  toJSON: more,
  [Symbol.for('nodejs.util.inspect.custom')]: () => ({ more: more() }),
  get next() {
    return more();
  },
});
const wide = new Proxy([], { get: (_, key) => (key === 'length' ? 2 ** 31 : key === 'toJSON' ? undefined : more()) });
[wide, more()];
