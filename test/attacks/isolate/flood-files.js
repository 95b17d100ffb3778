// tries: to fill the workspace: files of the largest size, more files than may be, names of the longest length
// holds: limits.diskMb, limits.fileMb and the number of files; the rest is refused with an error
// threat: T8
// ends: success
// proof: ^written \d+ refused [1-9]
// request: {"limits":{"diskMb":8,"fileMb":2,"timeoutMs":60000},"collect":["**"]}

let written = 0;
let refused = 0;
const write = (path, content) => {
  try {
    context.files.write(path, content);
    written += 1;
  } catch {
    refused += 1;
  }
};
for (let i = 0; i < 20; i += 1) write(`large/${i}`, 'x'.repeat(1_900_000));
write('larger', 'x'.repeat(3_000_000));
for (let i = 0; i < 20; i += 1) context.files.list().length > i && i < 3 && context.files.remove(`large/${i}`);
for (let i = 0; i < 6_000; i += 1) write(`many/${i}`, '');
for (let i = 0; i < 100; i += 1) write(`${`${'n'.repeat(250)}/`.repeat(3)}${i}`, 'x');
const names = context.files.list();
if (names.length > 4_096) console.log('BREACH', names.length, 'files');
console.log('written', written, 'refused', refused);
