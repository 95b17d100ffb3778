// tries: files in place of variables: what the host holds for the guest is not in its heap
// holds: files count as memory
// threat: T3
// ends: memory_limit
// request: {"limits":{"memoryMb":16,"diskMb":64,"fileMb":8}}

const piece = new Uint8Array(4 * 2 ** 20).fill(1);
for (let i = 0; i < 12; i += 1) context.files.write(`file ${i}`, piece);
('48 MiB of files');
