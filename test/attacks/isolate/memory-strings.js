// tries: ropes of strings: nearly free to build, half a gigabyte once they are flattened
// holds: the isolate's heap limit
// threat: T3
// ends: memory_limit error
// request: {"limits":{"memoryMb":64}}

const kept = [];
for (let i = 0; ; i += 1) {
  let rope = `${i}`;
  while (rope.length < 2 ** 27) rope += rope;
  kept.push(rope, rope.charCodeAt(2 ** 26), rope.toUpperCase());
}
