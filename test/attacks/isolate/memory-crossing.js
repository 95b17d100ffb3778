// tries: texts of half a gigabyte, cheap as ropes, in everything that goes to the host, to which no heap limit applies
// holds: they are refused before they cross, or the guest pays for them
// threat: T3
// ends: success memory_limit
// request: {"limits":{"memoryMb":64,"timeoutMs":60000}}

const rope = 'x'.repeat(2 ** 29 - 100);
const halves = `${'a/'.repeat(2 ** 20)}${rope.slice(2 ** 22)}`;
const refused = [];
for (const act of [
  () => context.files.write('file', rope),
  () => context.files.write(rope, 'x'),
  () => context.files.read(halves),
  () => new URL(rope),
  () => new URL('x', `a://${halves}`),
  () => Object.assign(new URL('a://b'), { hash: rope }),
  () => URL.canParse(rope),
  () => crypto.getRandomValues({ byteLength: rope }),
  () => console.count(rope),
]) {
  try {
    act();
  } catch (error) {
    refused.push(error.name);
  }
}
refused;
