// tries: every way to a network that a JavaScript engine may have
// holds: there is none; parsing an address asks nobody
// threat: T7
// ends: success
// proof: ^tried \d+$

const names = [
  'fetch',
  'XMLHttpRequest',
  'WebSocket',
  'EventSource',
  'WebTransport',
  'RTCPeerConnection',
  'Request',
  'Response',
  'Headers',
  'navigator',
  'location',
  'document',
  'window',
  'self',
  'importScripts',
  'caches',
  'indexedDB',
  'localStorage',
  'Image',
  'Blob',
  'FormData',
  'ReadableStream',
  'net',
  'http',
  'dns',
  'Deno',
  'Bun',
];
let tried = 0;
for (const name of names) {
  tried += 1;
  if (globalThis[name] !== undefined) console.log('BREACH', name);
}
for (const address of inputs.canary.addresses) {
  const host = address.includes(':') ? `[${address}]` : address;
  const url = new URL(`http://${host}:${inputs.canary.port}/`);
  url.searchParams.set('x', 'y');
  await import(url.href).catch(() => {
    tried += 1;
  });
}
console.log('tried', tried);
