// tries: to hold memory through buffers, hashes, listeners, environment and streams that nobody counts
// holds: all of it is the guest's own memory and comes to its limit
// threat: T3
// ends: memory_limit error
// proof: ^holding$
// request: {"limits":{"memoryMb":64,"timeoutMs":60000}}

const fs = require('fs');
const { createHash } = require('crypto');
const EventEmitter = require('events');
const held = [];
const emitter = new EventEmitter();
console.log('holding');
for (let i = 0; ; i += 1) {
  held.push(Buffer.alloc(262_144, 1), createHash('sha256').update('x'.repeat(1_000)));
  emitter.on(`event ${i}`, () => held);
  process.env[`NAME_${i}`] = 'v'.repeat(10_000);
  process.stdin.on('data', () => held);
  try {
    fs.appendFileSync('grows.bin', Buffer.alloc(100_000));
  } catch {}
}
