/**
 * Jobs with markers in all their input and output, and jobs that search all readable memory for the markers of others.
 * A search's own code holds a pattern that does not match itself.
 */
import { randomBytes } from 'node:crypto';
import type { ExecutionRequest, HostFunctions } from 'hotcell';
import { z } from 'zod';

/** Languages with such jobs. */
export type MarkedLanguage = 'python' | 'bash';

/** A unique text, which does not occur in this form in this source. */
const marker = (kind: string): string => ['hcm', `ark-${kind}-`, randomBytes(16).toString('hex')].join('');

/** A job with its own markers in all its input and output. */
export function markedJob(
  language: MarkedLanguage,
): Pick<ExecutionRequest, 'language' | 'code'> & Partial<ExecutionRequest> {
  const secret = marker('secret');
  const said = { output: marker('output'), error: marker('error'), value: marker('value'), tool: marker('toolinput') };
  // The guest reverses these texts, so that the code contains them in another form only.
  const reversed = Object.fromEntries(Object.entries(said).map(([key, text]) => [key, [...text].reverse().join('')]));
  const tools: HostFunctions = {
    ask: { description: marker('description'), input: z.any(), run: () => marker('toolanswer') },
  };
  return {
    language,
    code: language === 'python' ? markedPython(reversed) : markedBash(reversed),
    inputs: { text: marker('inputs') },
    env: { MARKED: marker('env') },
    secrets: { TOKEN: secret },
    files: { 'data.txt': marker('file') },
    stdin: marker('stdin'),
    collect: ['data.txt'],
    tools,
  };
}

function markedPython(reversed: Readonly<Record<string, string>>): string {
  return `# ${marker('code')}
import os, sys
said = {key: text[::-1] for key, text in ${JSON.stringify(reversed)}.items()}
kept = [sys.stdin.read(), open("data.txt").read(), os.environ["MARKED"], os.environ["TOKEN"], str(inputs)]
kept.append(str(tools.ask({"q": said["tool"]})))
print(said["output"])
print(said["error"], file=sys.stderr)
said["value"]`;
}

function markedBash(reversed: Readonly<Record<string, string>>): string {
  const back = (key: string): string =>
    `$(rev <<<"${reversed[key]}" 2>/dev/null || python3 -c 'print(input()[::-1])' <<<"${reversed[key]}")`;
  return `# ${marker('code')}
kept="$(cat) $(cat data.txt) $MARKED $TOKEN $(cat "$HOTCELL_INPUTS")"
answer=$(tool ask "{\\"q\\":\\"${back('tool')}\\"}") || exit 3
printf '%s\\n' "${back('output')}"
printf '%s\\n' "${back('error')}" >&2
printf '"%s"' "${back('value')}" >"$HOTCELL_VALUE"`;
}

/**
 * A job whose value is `[kinds, bytes]`: the kinds of markers that it found and the number of bytes that it searched.
 * It has no marker itself.
 */
export function searchingJob(language: MarkedLanguage): Pick<ExecutionRequest, 'language' | 'code' | 'limits'> {
  return { language, code: language === 'python' ? searchingPython : searchingBash, limits: { memoryMb: 512 } };
}

const searchingPython = `
import ctypes, os, re, sys
pattern = re.compile(rb"hcm[a]rk-([a-z]+)-[0-9a-f]{32}")
found, searched = set(), 0
def search(data, where):
    global searched
    searched += len(data)
    for match in pattern.finditer(data):
        found.add(f"{match[1].decode()} in {where}")
def ranges(pid):
    with open(f"/proc/{pid}/maps") as maps:
        for line in maps.readlines():
            begin, end = (int(each, 16) for each in line.split()[0].split("-"))
            name = line.split()[5:]
            if line.split()[1].startswith("r") and name not in (["[vvar]"], ["[vsyscall]"], ["[vvar_vclock]"]):
                yield begin, end
def search_process(pid, where):
    try:
        with open(f"/proc/{pid}/mem", "rb", 0) as memory:
            for begin, end in ranges(pid):
                try:
                    for start in range(begin, end, 1 << 20):
                        memory.seek(start)
                        search(memory.read(min((1 << 20) + 128, end - start)), where)
                except OSError:
                    pass
    except OSError:
        pass
    for name in ("environ", "cmdline", "auxv", "comm", "status", "stat", "wchan", "io", "mountinfo", "fdinfo/0"):
        try:
            search(open(f"/proc/{pid}/{name}", "rb").read(), f"{where} {name}")
        except OSError:
            pass
search_process("self", "own memory")
for begin, end in ranges("self"):
    search(ctypes.string_at(begin, end - begin), "own addresses")
# What malloc hands out again without clearing it.
libc = ctypes.CDLL(None)
libc.malloc.restype = ctypes.c_void_p
for size in (24, 64, 200, 512, 2_000, 9_000, 70_000, 300_000):
    for _ in range(200):
        search(ctypes.string_at(libc.malloc(ctypes.c_size_t(size)), size), "fresh memory")
read, write = os.pipe()
child = os.fork()
if child == 0:
    before = set(found)
    search_process("self", "a child's memory")
    os.write(write, repr(sorted(found - before)).encode())
    os.close(write)
    os.read(0, 1)
    import time
    time.sleep(60)
found.update(eval(os.read(read, 65_536)))
for name in sorted(os.listdir("/proc")):
    if name.isdecimal() and int(name) != os.getpid():
        search_process(name, "process 1" if name == "1" else "another process")
for folder in ("/workspace", "/tmp", "/run", "/dev/shm", "/dev/pts", "/proc/self/fd", "/proc/sys/kernel"):
    for where, _, names in os.walk(folder):
        for name in names:
            path = os.path.join(where, name)
            search(path.encode(), "names")
            if os.path.isfile(path):
                try:
                    search(open(path, "rb").read(1 << 20), "files")
                except OSError:
                    pass
[sorted(found), searched]`;

const searchingBash = `
pattern='hcm[a]rk-[a-z]+-[0-9a-f]{32}'
found= searched=0
say() { [ -z "$1" ] || found="$found\${found:+,}\\"$2\\""; }
search_memory() { # maps, memory, name
  while read -r range rights _ _ _ name; do
    case $rights$name in r*vvar* | r*vsyscall* | -*) continue ;; esac
    begin=$((0x\${range%-*} / 4096)) end=$((0x\${range#*-} / 4096))
    searched=$((searched + (end - begin) * 4096))
    say "$(dd if="$2" bs=4096 skip=$begin count=$((end - begin)) 2>/dev/null | grep -a -E -o -m 1 "$pattern" | head -c 30)" "$3"
  done <"$1"
}
sleep 60 &
{ python3 -c 'import time; time.sleep(60)' || true; } 2>/dev/null &
# Opened by this shell itself, so that it is this shell's.
exec 7</proc/self/mem
search_memory /proc/$$/maps /proc/$$/fd/7 'own memory'
for place in /proc/[0-9]*; do
  search_memory "$place/maps" "$place/mem" 'memory of processes'
  say "$(cat "$place/environ" "$place/cmdline" "$place/status" "$place/mountinfo" 2>/dev/null | grep -a -E -o "$pattern")" 'what /proc says'
done 2>/dev/null
say "$( (set; export -p; hash; jobs; history) 2>/dev/null | grep -E -o "$pattern")" 'variables'
say "$(grep -a -r -s -E -o "$pattern" /workspace /tmp /run /dev/shm --exclude=main.sh)" 'files'
kill %1 %2 2>/dev/null
printf '[[%s],%d]' "$found" "$searched" >"$HOTCELL_VALUE"`;
