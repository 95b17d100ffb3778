import { randomBytes } from 'node:crypto';

/** Places with data of a job that no other job may find. */
export const markerPlaces = [
  'code',
  'env',
  'secret',
  'file',
  'stdin',
  'inputs',
  'answer',
  'output',
  'value',
  'artifact',
] as const;

/** One random text for each place. */
export type Markers = Readonly<Record<(typeof markerPlaces)[number], string>>;

/** The letters of markers; each is disguised as the next one. */
const letters = 'abcdefghijklmnopqrstuvwxyz';

/** Makes markers that look like nothing else in memory. */
export function makeMarkers(): Markers {
  const word = (): string => [...randomBytes(24)].map((byte) => letters[byte % letters.length]).join('');
  return Object.fromEntries(markerPlaces.map((place) => [place, word()])) as Markers;
}

/** Another spelling, which tells a search what to look for without a copy of it. */
export function disguise(marker: string): string {
  return marker.replaceAll(/[a-z]/g, (letter) => letters[(letters.indexOf(letter) + 1) % letters.length] ?? '');
}

/**
 * JavaScript: a function of disguised markers and of objects to start with. It searches everything that is reachable
 * from the global object and from those: names, texts, sources, errors, and the bytes of buffers. It also searches new
 * buffers, which must be empty. Its value lists the findings, each as a word.
 */
export const searchRealm = `(disguised, starts) => {
  const found = new Set();
  const needles = disguised.map((text) => Uint8Array.from(text, (letter) => letter === 'a' ? 122 : letter.charCodeAt(0) - 1));
  const begins = new Uint8Array(65536);
  for (const needle of needles) begins[needle[0]] = 1;
  const lookAtBytes = (bytes, where) => {
    for (let start = 0; start < bytes.length; start += 1) {
      if (begins[bytes[start]] === 0) continue;
      for (const needle of needles) {
        for (const step of [1, 2]) {
          let at = 0;
          while (at < needle.length && bytes[start + at * step] === needle[at]) at += 1;
          if (at === needle.length) found.add(where);
        }
      }
    }
  };
  const lookAtText = (text, where) => {
    if (text.length < 24) return;
    for (let start = 0; start <= text.length - 24; start += 1) {
      if (begins[text.charCodeAt(start)] === 0) continue;
      for (const needle of needles) {
        let at = 0;
        while (at < needle.length && text.charCodeAt(start + at) === needle[at]) at += 1;
        if (at === needle.length) found.add(where);
      }
    }
  };
  const seen = new Set([...needles, begins]);
  const todo = [globalThis, ...starts];
  const add = (value) => {
    if (typeof value === 'string') lookAtText(value, 'text');
    else if (((typeof value === 'object' && value !== null) || typeof value === 'function') && !seen.has(value)) {
      seen.add(value);
      todo.push(value);
    }
  };
  while (todo.length > 0 && seen.size < 200000) {
    const value = todo.pop();
    try {
      if (typeof value === 'function') lookAtText(Function.prototype.toString.call(value), 'source');
      if (value instanceof ArrayBuffer) lookAtBytes(new Uint8Array(value), 'buffer');
      if (ArrayBuffer.isView(value)) { add(value.buffer); add(Object.getPrototypeOf(value)); continue; }
      if (value instanceof Map || value instanceof Set) for (const entry of value.entries()) entry.forEach(add);
      add(Object.getPrototypeOf(value));
      for (const key of Reflect.ownKeys(value)) {
        add(typeof key === 'symbol' ? key.description : key);
        const { value: own, get, set } = Reflect.getOwnPropertyDescriptor(value, key) ?? {};
        add(own);
        add(get);
        add(set);
      }
    } catch {}
  }
  try { null.x; } catch (error) { add(error.stack); }
  for (const size of [64, 100, 1000, 4096, 8192, 65536, 100000, 1048576, 4194304]) {
    for (let round = 0; round < (size > 65536 ? 2 : 8); round += 1) {
      for (const bytes of [
        new Uint8Array(size),
        new Uint8Array(new ArrayBuffer(size)),
        new Uint8Array(new ArrayBuffer(1).transfer(size)).subarray(1),
        new Uint8Array(new ArrayBuffer(0, { maxByteLength: size })),
        new Uint8Array(new Float64Array(size >> 3).buffer),
      ]) {
        for (let at = 0; at < bytes.length; at += 1) if (bytes[at] !== 0) found.add('new buffer');
      }
    }
  }
  return [...found];
}`;

/** Python in WebAssembly: a program that searches the interpreter's whole memory and the realm around it. */
export const searchWebAssembly = `
import sys
from importlib.machinery import BuiltinImporter
from importlib.util import module_from_spec
sys.meta_path[:] = [BuiltinImporter, *sys.meta_path]
core = module_from_spec(BuiltinImporter.find_spec("_pyodide_core"))
core.__spec__.loader.exec_module(core)
realm = core.to_js([1]).constructor.constructor("return globalThis")()
spy = realm.Function.new('''
  const seen = new Set();
  for (const [target, names] of [
    [Object.getPrototypeOf(Uint8Array.prototype), ['subarray', 'set', 'fill', 'slice', 'copyWithin']],
    [Function.prototype, ['call', 'apply']],
    [Map.prototype, ['get', 'set']],
    [Array.prototype, ['push']],
  ]) for (const name of names) {
    const original = target[name];
    const { apply } = Reflect;
    const add = Set.prototype.add.bind(seen);
    target[name] = function (...given) { add(this); for (let i = 0; i < given.length; i += 1) add(given[i]); return apply(original, this, given); };
  }
  return () => [...seen];
''')
taken = spy()
import os
with open("/tmp/look", "wb") as file:
    file.write(b"x" * 100000)
os.listdir("/")
open("/tmp/look", "rb").read()
starts = taken()
sizes = [each.byteLength for each in (getattr(one, "buffer", None) for one in starts) if each is not None]
search = realm.eval(${JSON.stringify(searchRealm)})
found = list(search(core.to_js(inputs["disguised"]), starts))
{"found": found, "mostBytes": max(sizes)}
`;

/**
 * Python in a container: a program that searches its own memory, that of other processes, and all files that it can
 * read.
 */
export const searchContainer = `
import ctypes, os, re
letters = "abcdefghijklmnopqrstuvwxyz"
def plain(letter): return letters[letters.index(letter) - 1]
# Each letter by its number, so that the pattern is no copy of what it finds.
pattern = re.compile(b"|".join("".join(f"\\\\x{ord(plain(letter)):02x}" for letter in text).encode() for text in inputs["disguised"]))
found, searched = set(), 0
def look(chunk, where):
    global searched
    searched += len(chunk)
    if pattern.search(chunk): found.add(where)
for process in ["self", *(name for name in os.listdir("/proc") if name.isdigit())]:
    for name in ("cmdline", "environ", "comm", "auxv", "stack"):
        try: look(open(f"/proc/{process}/{name}", "rb").read(), f"{name}")
        except OSError: pass
    try: lines = open(f"/proc/{process}/maps").readlines()
    except OSError: continue
    try: memory = open(f"/proc/{process}/mem", "rb", 0)
    except OSError: memory = None
    for line in lines:
        bounds, rights = line.split()[:2]
        start, end = (int(part, 16) for part in bounds.split("-"))
        if "r" not in rights or "[v" in line: continue
        for at in range(start, end, 1 << 20):
            size = min((1 << 20) + 64, end - at)
            chunk = b""
            if memory:
                try:
                    memory.seek(at)
                    chunk = memory.read(size)
                except (OSError, ValueError, OverflowError): pass
            elif process == "self": chunk = ctypes.string_at(at, size)
            look(chunk, "memory")
for root in ("/workspace", "/tmp", "/dev/shm", "/var", "/run", "/home", "/root", "/opt"):
    for folder, _, names in os.walk(root):
        for name in names:
            try:
                with open(os.path.join(folder, name), "rb") as file: look(file.read(), "file")
            except OSError: pass
{"found": sorted(found), "mostBytes": searched}
`;

/**
 * Bash in a container: the same. Memory is disguised on its way to grep, so that no process needs a copy of the
 * markers.
 */
export const searchBash = `
hide() { tr abcdefghijklmnopqrstuvwxyz bcdefghijklmnopqrstuvwxyza; }
jq -r '.disguised[]' "$HOTCELL_INPUTS" > /tmp/needles
look() { if hide | grep -q -a -F -f /tmp/needles; then echo "found $1"; fi; }
{ set; declare -p; declare -f; env; alias; trap; } 2>/dev/null | look variables
for process in $$ $BASHPID /proc/[0-9]*; do
  process=\${process#/proc/}
  cat "/proc/$process/environ" "/proc/$process/cmdline" 2>/dev/null | look process
  while read -r bounds rights rest; do
    case $rights$rest in r*[[]v*) continue ;; r*) ;; *) continue ;; esac
    start=$((16#\${bounds%-*} / 4096)) end=$((16#\${bounds#*-} / 4096))
    dd if="/proc/$process/mem" bs=4096 skip=$start count=$((end - start)) 2>/dev/null | look memory
  done < <(cat "/proc/$process/maps" 2>/dev/null)
done
find /workspace /tmp /dev/shm /var /run /home /opt -type f ! -name needles -exec cat {} + 2>/dev/null | look files
echo searched
`;

/** Bash in WebAssembly: a program that prints everything that it can see. */
export const showAll = `
set; declare -p; declare -f; env; alias; history
for file in $(find / -type f); do echo "$file"; cat "$file"; done
printf '%s\\n' "$@" "$0" "$_" "\${BASH_ARGV[@]}"
jq -n 'env, $ENV, $__loc__, input_filename'
awk 'BEGIN { for (name in ENVIRON) print name, ENVIRON[name] }'
`;
