import { beforeAll, describe, expect, it } from 'vitest';
import {
  buildRunnerImages,
  type CellJob,
  type CellOutcome,
  onGvisor,
  RunnerCell,
  type RunnerImages,
  runInCell,
} from '../../support/runner-driver.ts';

let images: RunnerImages;
beforeAll(async () => {
  images = await buildRunnerImages();
});

const python = (code: string, rest: Partial<CellJob> = {}): Promise<CellOutcome> =>
  runInCell(images, { language: 'python', code, ...rest });
const bash = (code: string, rest: Partial<CellJob> = {}): Promise<CellOutcome> =>
  runInCell(images, { language: 'bash', code, ...rest });

/** Python: the name of the error that a call ends with, or None. */
const attempt = `
import ctypes, grp, os, pwd, socket
libc = ctypes.CDLL(None, use_errno=True)
def attempt(call, *arguments):
    try:
        result = call(*arguments)
    except OSError as error:
        return error.strerror
    return os.strerror(ctypes.get_errno()) if result == -1 else "it worked"
`;

describe('the guest cannot', () => {
  it.concurrent('reach the runner or gain a right', async ({ skip }) => {
    skip(onGvisor, 'gVisor refuses in other words: see test/attacks');
    const { value, verdict } = await python(`${attempt}
PTRACE_ATTACH, CLONE_NEWUSER = 16, 0x10000000
status = dict(line.split(":\\t") for line in open("/proc/self/status").read().splitlines() if ":\\t" in line)
{
    **{path: attempt(open, path) for path in ("/proc/1/mem", "/proc/1/environ", "/proc/1/maps")},
    "fd": attempt(os.listdir, "/proc/1/fd"),
    "cwd": attempt(os.readlink, "/proc/1/cwd"),
    "kill": attempt(os.kill, 1, 15),
    "ptrace": attempt(libc.ptrace, PTRACE_ATTACH, 1, 0, 0),
    "setuid": attempt(os.setuid, 0),
    "setgroups": attempt(os.setgroups, [0]),
    "unshare": attempt(libc.unshare, CLONE_NEWUSER),
    "mount": attempt(libc.mount, b"none", b"/workspace", b"tmpfs", 0, 0),
    "mknod": attempt(os.mknod, "device", 0o60666, os.makedev(8, 0)),
    "root": attempt(open, "/x", "w"),
    "dev": attempt(open, "/dev/x", "w"),
    "queue": attempt(open, "/dev/mqueue/x", "x"),
    "runner": attempt(open, "/opt/hotcell/runner/main.py", "r+"),
    "oom": attempt(open, "/proc/self/oom_score_adj", "r+"),
    "capabilities": [status[name] for name in ("CapInh", "CapPrm", "CapEff", "CapAmb")],
    "no new privileges": status["NoNewPrivs"],
    "users": [pwd.getpwuid(int(id)).pw_name for id in status["Uid"].split()],
    "groups": [grp.getgrgid(int(id)).gr_name for id in (status["Gid"] + status["Groups"]).split()],
    "own name": attempt(open, "/run/passwd", "r+"),
    "session": os.getsid(0) == os.getpid(),
    "interfaces": attempt(socket.if_nameindex),
}`);
    expect(verdict.end).toBe('completed');
    expect(JSON.parse(value ?? '')).toEqual({
      '/proc/1/mem': 'Permission denied',
      '/proc/1/environ': 'Permission denied',
      '/proc/1/maps': 'Permission denied',
      fd: 'Permission denied',
      cwd: 'Permission denied',
      kill: 'Operation not permitted',
      ptrace: 'Operation not permitted',
      setuid: 'Operation not permitted',
      setgroups: 'Operation not permitted',
      unshare: 'Operation not permitted',
      mount: 'Operation not permitted',
      mknod: 'Operation not permitted',
      root: 'Read-only file system',
      dev: 'Permission denied',
      queue: 'Too many open files',
      runner: 'Permission denied',
      oom: 'Permission denied',
      capabilities: Array(4).fill('0000000000000000'),
      'no new privileges': '1',
      users: Array(4).fill('guest'),
      groups: Array(4).fill('guest'),
      'own name': 'Permission denied',
      session: true,
      interfaces: 'Operation not permitted',
    });
  });

  it.concurrent('exceed the limits of one process', async () => {
    const { value } = await python(
      `import resource as r
[r.getrlimit(getattr(r, "RLIMIT_" + name)) for name in ("CPU", "NOFILE", "FSIZE", "CORE")]`,
      { limits: { cpuMs: 2_500, openFiles: 64, diskMb: 8 } },
    );
    expect(JSON.parse(value ?? '')).toEqual([
      [3, 4],
      [64, 64],
      [8_388_608, 8_388_608],
      [0, 0],
    ]);
  });

  it.concurrent('hold or find a descriptor of the channel, or forge a frame', async () => {
    const { value, verdict, stdout } = await python(`
import os, struct
forged = b'{"end":"completed","value":"none","usage":{"wallMs":0,"cpuMs":0,"peakMemoryBytes":0},"droppedArtifacts":0}'
frame = struct.pack(">IIB", len(forged), 1, 23) + forged
targets = sorted(os.listdir("/proc/self/fd"), key=int)
links = [os.readlink(f"/proc/self/fd/{fd}").split(":")[0] for fd in targets[:4]]
for fd in (0, 1, 2, *range(4, 200)):
    try: os.write(fd, frame)
    except OSError: pass
[len(targets), links]`);
    expect(verdict).toMatchObject({ end: 'completed', value: 'json' });
    // stdin, stdout, stderr, the guest's answer, and the listing itself.
    expect(JSON.parse(value ?? '')).toEqual([5, ['pipe', 'pipe', 'pipe', 'socket']]);
    expect(stdout).toContain('"end":"completed"');
  });

  it.concurrent('say more than its own value and error on its answer pipe', async () => {
    const record = 'import os, struct\ndef say(tag, text): os.write(3, struct.pack(">cI", tag, len(text)) + text)\n';
    const outcomes = await Promise.all([
      python(`${record}say(b"J", b"not JSON")\nos._exit(0)`),
      python(`${record}say(b"J", b"1")\nos._exit(5)`),
      python(`${record}say(b"T", b"Forged\\0" + b"9" * 5000 + b"\\0\\xff")\nos._exit(1)`),
      python(`${record}say(b"?", b"1")\nos._exit(0)`),
      python(`${record}os.write(3, b"J\\xff\\xff\\xff\\xffx")\nos._exit(0)`),
      python(`${record}os.write(3, b"x" * 5_000_000)\nos._exit(0)`),
      python('import os\nos.close(3)\nx = open("x", "w")\n1', { collect: ['x'] }),
    ]);
    expect(outcomes.map(({ verdict, value }) => [verdict.end, verdict.exitCode, verdict.value, value])).toEqual([
      ['completed', 0, 'repr', 'not JSON'],
      ['exited', 5, 'none', undefined],
      ['threw', 1, 'none', undefined],
      ['exited', 0, 'none', undefined],
      ['exited', 0, 'none', undefined],
      ['exited', 0, 'none', undefined],
      ['exited', 0, 'none', undefined],
    ]);
    expect(outcomes[6]?.artifacts).toEqual({ x: '' });
    expect(outcomes.every(({ crash }) => crash === '')).toBe(true);
    expect(outcomes[2]?.verdict.error).toEqual({ name: 'Forged', message: '\ufffd' });
  });

  it.concurrent('fill more than its disk, wherever it writes', async () => {
    const { stdout, verdict } = await bash(
      'head -c 3000000 /dev/zero > a; head -c 3000000 /dev/zero > /tmp/b; head -c 3000000 /dev/zero > /var/tmp/c; du -sb .',
      { limits: { diskMb: 4 } },
    );
    expect(verdict.end).toBe('completed');
    expect(Number.parseInt(stdout, 10)).toBeLessThanOrEqual(4 * 1_048_576 + 1_000);
  });
});

describe('the runner survives', () => {
  // One after the other, because together they would use each other's time.
  it.each([
    ['in Bash', 'bash', 'echo up; bomb() { bomb | bomb & }; bomb; sleep 60', ['wall']],
    [
      'that tries on',
      'python',
      'import os\nprint("up")\nwhile True:\n  try: os.fork()\n  except OSError: pass',
      ['wall'],
    ],
    // Stopped by the limit of processes, if that is reached before the time is up.
    [
      'whose copies end',
      'python',
      'import os\nprint("up")\nwhile True:\n  if os.fork() == 0: os._exit(0)\n',
      ['threw', 'wall'],
    ],
    [
      'that leaves orphans',
      'python',
      'import os\nprint("up")\nwhile True:\n  if os.fork():\n    os.wait()\n  elif os.fork(): os._exit(0)\n  else: os._exit(0)',
      ['wall'],
    ],
  ] as const)('a fork bomb %s', async (_, language, code, ends) => {
    // Under gVisor, each copy of Python takes 8 MiB.
    const limits = { timeoutMs: 1_000, processes: 32, memoryMb: 512 };
    const { verdict, stdout, crash } = await runInCell(images, { language, code, limits });
    expect(ends).toContain(verdict.end);
    expect([stdout.startsWith('up\n'), crash]).toEqual([true, '']);
  });

  it.concurrent('a guest that kills all it can', async () => {
    const outcomes = await Promise.all([
      bash('sleep 60 & echo up; kill -9 -1; echo still'),
      python('import os, signal\nprint("up")\nif os.fork(): os.kill(-1, 9)\nelse: signal.pause()\n"still"'),
      bash('echo up; kill -9 1; kill -15 1; echo still'),
    ]);
    expect(outcomes.map(({ verdict, stdout }) => [verdict.end, stdout])).toEqual([
      ['completed', 'up\nstill\n'],
      ['completed', 'up\n'],
      ['completed', 'up\nstill\n'],
    ]);
  });

  it.concurrent('closed streams', async () => {
    const outcomes = await Promise.all([
      bash('echo up; exec 0<&- 1>&- 2>&-; sleep 0.3; echo 3 > $HOTCELL_VALUE'),
      python('import os, sys\nprint("up")\nsys.stdout.close()\nos.close(1)\nos.close(2)\n3'),
    ]);
    expect(outcomes.map(({ verdict, stdout, value }) => [verdict.end, stdout, value?.trim()])).toEqual([
      ['completed', 'up\n', '3'],
      ['completed', 'up\n', '3'],
    ]);
  });

  it.concurrent('what is left behind: daemons, stopped children, zombies, orphans', async () => {
    const outcomes = await Promise.all([
      bash('setsid bash -c "trap \\"\\" TERM HUP; echo daemon; while :; do sleep 1; done" & sleep 0.3; echo up'),
      bash('for i in 1 2 3; do sleep 60 & kill -STOP $!; done; echo up'),
      bash('for i in {1..300}; do (sleep 0 &) ; done; echo up', { limits: { processes: 16 } }),
    ]);
    expect(outcomes.map(({ verdict, stdout }) => [verdict.end, stdout])).toEqual([
      ['completed', 'daemon\nup\n'],
      ['completed', 'up\n'],
      ['completed', 'up\n'],
    ]);
    expect(outcomes.every(({ verdict }) => verdict.usage.wallMs < 20_000)).toBe(true);
  });

  it.concurrent('memory that is full of files', async () => {
    await using cell = new RunnerCell(images, 'bash', { memoryMb: 32, diskMb: 200 });
    await cell.sendJob({
      language: 'bash',
      code: 'echo up; head -c 100M /dev/zero > x; echo $?; head -c 90M /dev/zero > y',
    });
    const exitCode = await cell.exited;
    expect(cell.stdout.startsWith('up\n')).toBe(true);
    // Either the runner survives and reports it, or the kernel killed the runner too and Docker reports it.
    if (exitCode === 0) expect((await cell.outcome()).verdict.end).toBe('memory');
    else expect(exitCode).toBe(137);
  });

  it.concurrent('memory that is full of small processes', async () => {
    await using cell = new RunnerCell(images, 'bash', { memoryMb: 32, processes: 200, timeoutMs: 8_000 });
    await cell.sendJob({
      language: 'bash',
      code: 'echo up; for i in {1..190}; do python3 -c "import time; x = bytearray(10**6); time.sleep(60)" & done; wait; exit 1',
    });
    const exitCode = await cell.exited;
    if (exitCode === 0) expect(['memory', 'wall']).toContain((await cell.outcome()).verdict.end);
    else expect(exitCode).toBe(137);
  });
});

describe('nothing is left of', () => {
  it.concurrent('the job in what others could see', async () => {
    const { stdout } = await bash('tr "\\0" " " < /proc/1/cmdline; ls -A /workspace /tmp /var/tmp; id -un', {
      env: { SECRET: 'canary' },
    });
    expect(stdout).not.toContain('canary');
    expect(stdout).toContain('guest\n');
  });
});
