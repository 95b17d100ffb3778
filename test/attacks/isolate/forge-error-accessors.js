// tries: an exception that is no error: getters that throw, proxies, names that are objects, Error.prototype rebuilt
// holds: whatever is thrown ends as the guest's error
// threat: T4
// ends: error
// proof: ^throwing$

console.log('throwing');
const throwing = () => {
  throw throwing;
};
Object.defineProperty(Error.prototype, 'name', { get: throwing });
Object.defineProperty(Error.prototype, 'message', { get: throwing });
Object.defineProperty(Object.prototype, 'stack', { get: throwing, set: throwing });
Object.prototype.toString = throwing;
Symbol.prototype.toString = throwing;
globalThis.Error = throwing;
throw new Proxy(Object.create(null), {
  get: (_, key) => (key === 'then' ? undefined : throwing),
  has: throwing,
  getPrototypeOf: throwing,
  ownKeys: throwing,
});
