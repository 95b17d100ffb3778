// tries: setters and getters on Object.prototype under the names that trusted code uses for its own records
// holds: trusted records have no prototype or define their fields; nothing is caught, nothing is deceived
// threat: T1
// ends: success
// proof: ^caught 0

const names =
  'ask write report end text value kind get set name message stack then done next default handler configurable at id callback first last before after cause ignored reference result copy timeout arguments detail'.split(
    ' ',
  );
const caught = [];
let isOn = false;
for (const name of names) {
  Object.defineProperty(Object.prototype, name, {
    __proto__: null,
    configurable: true,
    get() {
      return undefined;
    },
    set(value) {
      if (isOn && typeof value === 'function' && this !== globalThis) caught.push(name);
      Object.defineProperty(this, name, {
        __proto__: null,
        value,
        writable: true,
        configurable: true,
        enumerable: true,
      });
    },
  });
}
isOn = true;
context.files.write('file', 'x');
context.files.list();
setTimeout(() => {}, 1);
queueMicrotask(() => {});
crypto.randomUUID();
new TextDecoder().decode(new Uint8Array(3));
await null;
isOn = false;
for (const name of names) delete Object.prototype[name];
console.log('caught', caught.length, ...caught);
