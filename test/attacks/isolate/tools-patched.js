// tries: have the realm's own code hand over what it keeps while it makes calls and settles them
// holds: it uses nothing that the guest can replace; what is replaced deceives the guest alone
// threat: T16
// ends: success error
// tools: yes
// proof: ^answer 7$

const { log } = console;
const caught =
  (what) =>
  (...given) => {
    for (const value of given) {
      const name = Object.prototype.toString.call(value);
      if (/Reference|ExternalCopy|Callback|Isolate/.test(name)) log('BREACH', what, name);
    }
  };
const steal = caught('patched');
const native = Promise;
globalThis.Promise = class extends native {
  constructor(executor) {
    steal(executor);
    super(executor);
  }
};
JSON.stringify = steal;
JSON.parse = steal;
for (const key of ['push', 'shift', 'splice', 'map']) Array.prototype[key] = steal;
for (const key of ['call', 'apply', 'bind']) Function.prototype[key] = steal;
for (const key of ['0', '1', 'next', 'name', 'resolve', 'reject', 'input', 'site', 'code', 'message']) {
  Object.defineProperty(Object.prototype, key, { set: steal, get: () => undefined, configurable: true });
}
globalThis.Error = steal;
Object.freeze = steal;
log('answer', await tools.echo(7));
tools.leak({ how: 'throw' }).then(steal, (error) => steal(error.site, error.stack));
