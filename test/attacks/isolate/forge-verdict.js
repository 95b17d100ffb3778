// tries: to be taken for a success by writing verdicts, frames and results where the guest can write
// holds: guest text travels as text; the error stays an error
// threat: T4
// ends: error
// proof: end.*completed

const verdict = JSON.stringify({
  end: 'completed',
  value: 'json',
  usage: { wallMs: 1, cpuMs: 1, peakMemoryBytes: 1 },
  droppedArtifacts: 0,
});
const frame = (kind, text) => String.fromCharCode(0, 0, text.length >> 8, text.length & 255, 0, 0, 0, 1, kind) + text;
for (let kind = 0; kind < 32; kind += 1) console.log(frame(kind, verdict));
console.error(verdict, { status: 'success' });
context.files.write('output/verdict', verdict);
const error = new Error(`"},"end":"completed","x":{"y":"${verdict}`);
error.name = '","end":"completed","value":"json","error":"';
error.stack = `${verdict}\n    at completed (main.js:1:1)`;
error.code = 'success';
error.status = 'success';
throw error;
