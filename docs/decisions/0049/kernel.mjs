// A small kernel for programs in WebAssembly: processes, signals, pipes, files in memory. A prototype: see the decision.
import { E, createFs } from './fs.mjs';
const S_IF = { file: 0o100000, dir: 0o40000, link: 0o120000, fifo: 0o10000, chr: 0o20000 };
const DT = { file: 8, dir: 4, link: 10, fifo: 1, chr: 2 };
// Emscripten's number: 1 may be the address of a function.
const SIG_IGN = -2;
const SIGCHLD = 17,
  SIGPIPE = 13,
  SIGALRM = 14,
  SIGKILL = 9;
const ignoredByDefault = new Set([17, 18, 23, 28]);
const JMP = { longjmp: true },
  EXIT = { exit: true },
  EXEC = { exec: true };
const PIPE_MAX = 65536;
export function createKernel({
  modules,
  out,
  now = Date.now,
  cpu = now,
  memoryMax = 512 << 20,
  procMax = 256,
  diskMax = 256 << 20,
  sleep,
  random,
}) {
  const fs = createFs(now, diskMax);
  const procs = new Map();
  let pipeIno = 1e6,
    nextPid = 2,
    cur,
    memoryUsed = 0;
  const stats = { forks: 0, execs: 0, forkMs: 0, execMs: 0, sys: 0 };
  const enc = new TextEncoder();
  const pool = new Map();
  const bytesOf = (s) => {
    const b = new Uint8Array(s.length);
    for (let i = 0; i < s.length; i++) b[i] = s.charCodeAt(i);
    return b;
  };

  // Memory of the process that runs.
  const view = () => {
    const p = cur;
    if (p.dv.buffer !== p.memory.buffer) {
      p.dv = new DataView(p.memory.buffer);
      p.u8 = new Uint8Array(p.memory.buffer);
    }
    return p;
  };
  const u8 = () => view().u8,
    dv = () => view().dv;
  const str = (ptr) => {
    const m = u8();
    let e = ptr;
    while (m[e] !== 0) e++;
    let s = '';
    for (let i = ptr; i < e; i += 4096) s += String.fromCharCode.apply(null, m.subarray(i, Math.min(e, i + 4096)));
    return s;
  };
  const w32 = (p, v) => dv().setInt32(p, v, true),
    r32 = (p) => dv().getInt32(p, true);
  const w64 = (p, v) => dv().setBigInt64(p, BigInt(Math.trunc(v)), true);
  const wstr = (ptr, s) => {
    const m = u8();
    for (let i = 0; i < s.length; i++) m[ptr + i] = s.charCodeAt(i);
    m[ptr + s.length] = 0;
  };

  // Open files.
  const openFile = (kind, node, flags, extra) => {
    if (node) node.opens++;
    return { kind, node, flags, pos: 0, refs: 0, pipe: undefined, sink: undefined, list: undefined, ...extra };
  };
  const retain = (f) => {
    f.refs++;
    return f;
  };
  const release = (f) => {
    if (--f.refs > 0) return;
    if (f.kind === 'r') f.pipe.readers--;
    else if (f.kind === 'w') f.pipe.writers--;
    else if (f.kind === 'rw') {
      f.pipe.readers--;
      f.pipe.writers--;
    }
    if (f.node) {
      f.node.opens--;
      fs.drop(f.node);
    }
  };
  const anon = {
    ino: 1,
    kind: 'fifo',
    mode: 0o600,
    nlink: 1,
    uid: 1000,
    gid: 1000,
    size: 0,
    mtime: now(),
    atime: now(),
    ctime: now(),
  };
  const newPipe = () => ({
    ...anon,
    ino: pipeIno++,
    chunks: [],
    bytes: 0,
    readers: 0,
    writers: 0,
    rcount: 0,
    wcount: 0,
  });
  const fdOf = (fd) => {
    const d = cur.fds[fd];
    if (d === undefined) throw E.EBADF;
    return d.file;
  };
  const setFd = (fd, file, cloexec) => {
    if (fd >= 1024) throw E.EMFILE;
    cur.fds[fd] = { file: retain(file), cloexec };
    return fd;
  };
  const lowest = (from = 0) => {
    let i = from;
    while (cur.fds[i] !== undefined) i++;
    return i;
  };
  const closeFd = (p, fd) => {
    const d = p.fds[fd];
    if (d === undefined) throw E.EBADF;
    p.fds[fd] = undefined;
    release(d.file);
  };

  // Processes.
  const newProc = (ppid) => {
    const p = {
      pid: nextPid++,
      ppid,
      pgid: 0,
      sid: 1,
      uid: 1000,
      gid: 1000,
      fds: [],
      cwd: fs.root,
      umask: 0o022,
      actions: new Map(),
      mask: 0,
      pending: 0,
      state: 'run',
      status: 0,
      args: [],
      env: [],
      comm: '',
      memory: undefined,
      dv: undefined,
      u8: undefined,
      ex: undefined,
      instance: undefined,
      module: undefined,
      rewind: false,
      forkResult: undefined,
      forking: false,
      ready: undefined,
      deadline: undefined,
      frames: [],
      depth: 0,
      itimer: undefined,
      cpu: 0,
      ccpu: 0,
      opening: undefined,
      oldmask: undefined,
      reported: false,
    };
    p.pgid = p.pid;
    procs.set(p.pid, p);
    return p;
  };
  const adopt = (p, instance, module) => {
    p.instance = instance;
    p.ex = instance.exports;
    p.module = module;
    p.memory = p.ex.memory;
    p.dv = new DataView(p.memory.buffer);
    p.u8 = new Uint8Array(p.memory.buffer);
    p.table = p.ex.__indirect_function_table;
    p.buf = p.ex.k_asyncify_buffer();
    p.bufSize = p.ex.k_asyncify_size();
  };
  const room = (bytes) => {
    if (memoryUsed + bytes > memoryMax) throw E.ENOMEM;
    memoryUsed += bytes;
  };
  const instantiate = (module) => new WebAssembly.Instance(module, imports);
  const dropInstance = (p) => {
    if (p.instance === undefined) return;
    memoryUsed -= p.memory.buffer.byteLength;
    const list = pool.get(p.module) ?? [];
    pool.set(p.module, list);
    if (list.length < 8 && p.memory.buffer.byteLength < 8 << 20) list.push(p.instance);
    p.instance = p.ex = p.memory = p.dv = p.u8 = p.table = undefined;
  };
  const armBuffer = (p) => {
    const d = new DataView(p.memory.buffer);
    d.setInt32(p.buf, p.buf + 8, true);
    d.setInt32(p.buf + 4, p.buf + p.bufSize, true);
  };

  const terminate = (p, status) => {
    if (p.state === 'zombie' || p.state === 'dead') return;
    p.status = status;
    p.state = 'zombie';
    for (let i = 0; i < p.fds.length; i++) if (p.fds[i] !== undefined) closeFd(p, i);
    dropInstance(p);
    for (const c of procs.values())
      if (c.ppid === p.pid) {
        c.ppid = 1;
        if (c.state === 'zombie') {
          c.state = 'dead';
          procs.delete(c.pid);
        }
      }
    const parent = procs.get(p.ppid);
    if (parent === undefined || parent.actions.get(SIGCHLD)?.handler === SIG_IGN) {
      p.state = 'dead';
      if (p.ppid !== 0) procs.delete(p.pid);
      if (parent) parent.ccpu += p.cpu;
    } else post(parent, SIGCHLD);
  };
  const action = (p, s) => p.actions.get(s)?.handler ?? 0;
  const post = (p, s) => {
    if (p.state === 'zombie' || p.state === 'dead') return;
    const h = s === SIGKILL ? 0 : action(p, s),
      blocked = s < 32 && s !== SIGKILL && (p.mask & (1 << (s - 1))) !== 0;
    if (!blocked && (h === SIG_IGN || (h === 0 && (ignoredByDefault.has(s) || (s >= 19 && s <= 22))))) return;
    if (h === 0 && !blocked && p !== cur) {
      terminate(p, s);
      return;
    }
    p.pending |= 1 << (s - 1);
  };
  const due = (p) => p.pending & ~p.mask;
  // Runs what is pending. Returns 0 (nothing), 1 (handlers ran, restart), 2 (handlers ran, no restart), 3 (unwinding).
  const callHandler = (f) => {
    const p = cur;
    try {
      p.table.get(f.handler)(f.sig);
    } catch (e) {
      p.mask = f.mask;
      throw e;
    }
    if (p.ex.asyncify_get_state() === 1) {
      p.frames.push(f);
      return false;
    }
    p.mask = f.mask;
    return true;
  };
  const deliver = (result) => {
    const p = cur;
    let ran = 0;
    for (;;) {
      const d = due(p);
      if (d === 0) return ran;
      const s = 32 - Math.clz32(d & -d);
      p.pending &= ~(1 << (s - 1));
      const a = p.actions.get(s),
        h = s === SIGKILL ? 0 : (a?.handler ?? 0);
      if (h === SIG_IGN) continue;
      if (h === 0) {
        if (ignoredByDefault.has(s) || (s >= 19 && s <= 22)) continue;
        terminate(p, s);
        throw EXIT;
      }
      const f = {
        sig: s,
        handler: h,
        mask: p.oldmask ?? p.mask,
        result: undefined,
        restart: (a.flags & 0x10000000) !== 0,
      };
      p.oldmask = undefined;
      p.mask |= a.mask | (a.flags & 0x40000000 ? 0 : 1 << (s - 1));
      if (a.flags & 0x80000000) p.actions.delete(s);
      f.result = result;
      if (!callHandler(f)) return 3;
      ran = Math.max(ran, f.restart ? 1 : 2);
    }
  };
  const BLOCK = Symbol('block');
  const unwind = (ready) => {
    const p = cur;
    p.ready = ready;
    armBuffer(p);
    p.ex.asyncify_start_unwind(p.buf);
    return 0;
  };
  // A call that may block: `body` returns BLOCK after it set cur.readyWhen.
  const blocking =
    (body, { restart = true, error = (e) => -e } = {}) =>
    (...args) => {
      const p = cur;
      stats.sys++;
      if (p.ex.asyncify_get_state() === 2) {
        if (p.depth < p.frames0.length) {
          const f = p.frames0[p.depth++];
          if (!callHandler(f)) return 0;
          if (f.result !== undefined) {
            const r = deliver(f.result);
            return r === 3 ? 0 : f.result;
          }
          if (!f.restart || !restart) {
            p.deadline = undefined;
            p.opening = undefined;
            return error(E.EINTR);
          }
        } else {
          p.ex.asyncify_stop_rewind();
          p.rewinding = false;
        }
      }
      for (;;) {
        let r;
        try {
          r = body(...args);
        } catch (e) {
          if (typeof e !== 'number') throw e;
          r = error(e);
        }
        if (r !== BLOCK) {
          p.deadline = undefined;
          if (due(p) !== 0 && deliver(r) === 3) return 0;
          return r;
        }
        if (due(p) !== 0) {
          const d = deliver(undefined);
          if (d === 3) return 0;
          if (d === 2 || (d === 1 && !restart)) {
            p.deadline = undefined;
            p.opening = undefined;
            return error(E.EINTR);
          }
          if (d === 1) continue;
        }
        return unwind(p.readyWhen);
      }
    };
  const plain =
    (body) =>
    (...args) => {
      stats.sys++;
      try {
        return body(...args) ?? 0;
      } catch (e) {
        if (typeof e === 'number') return -e;
        throw e;
      }
    };
  const wasi =
    (body) =>
    (...args) => {
      stats.sys++;
      try {
        body(...args);
        return 0;
      } catch (e) {
        if (typeof e === 'number') return e;
        throw e;
      }
    };

  // Reading and writing.
  const dirOf = (dirfd) => {
    if (dirfd === -100) return cur.cwd;
    const f = fdOf(dirfd);
    if (f.node?.kind !== 'dir') throw E.ENOTDIR;
    return f.node;
  };
  const self = (path) => {
    const m = /^\/(?:dev|proc\/self)\/(?:fd\/(\d+)|(stdin|stdout|stderr))$/.exec(path);
    return m === null ? undefined : m[1] === undefined ? ['stdin', 'stdout', 'stderr'].indexOf(m[2]) : Number(m[1]);
  };
  const find = (dirfd, path, follow) => {
    const r = fs.walk(cur, path[0] === '/' ? fs.root : dirOf(dirfd), path, follow);
    if (r.node === undefined) throw E.ENOENT;
    return r.node;
  };
  const read = (fd, ptr, len) => {
    const f = fdOf(fd);
    if ((f.flags & 3) === 1) throw E.EBADF;
    switch (f.kind) {
      case 'file': {
        const n = Math.max(0, Math.min(len, f.node.size - f.pos));
        if (n > 0) u8().set(f.node.data.subarray(f.pos, f.pos + n), ptr);
        f.pos += n;
        return n;
      }
      case 'dir':
        throw E.EISDIR;
      case 'null':
        return 0;
      case 'full':
      case 'zero':
        u8().fill(0, ptr, ptr + len);
        return len;
      case 'random':
        random(u8().subarray(ptr, ptr + len));
        return len;
      case 'sink':
        return 0;
    }
    const q = f.pipe;
    if (len === 0) return 0;
    if (q.bytes === 0) {
      if (q.writers === 0) return 0;
      if (f.flags & 0o4000) throw E.EAGAIN;
      cur.readyWhen = () => q.bytes > 0 || q.writers === 0;
      return BLOCK;
    }
    let n = 0;
    while (n < len && q.bytes > 0) {
      const c = q.chunks[0],
        k = Math.min(c.length, len - n);
      u8().set(k === c.length ? c : c.subarray(0, k), ptr + n);
      if (k === c.length) q.chunks.shift();
      else q.chunks[0] = c.subarray(k);
      n += k;
      q.bytes -= k;
    }
    return n;
  };
  const write = (fd, ptr, len) => {
    const f = fdOf(fd);
    if ((f.flags & 3) === 0) throw E.EBADF;
    switch (f.kind) {
      case 'file': {
        if (f.flags & 0o2000) f.pos = f.node.size;
        const end = f.pos + len;
        if (end > f.node.size) {
          const at = f.node.size;
          fs.resize(f.node, end);
        }
        f.node.data?.set(u8().subarray(ptr, ptr + len), f.pos);
        f.node.mtime = now();
        f.pos = end;
        return len;
      }
      case 'null':
      case 'zero':
      case 'random':
        return len;
      case 'full':
        throw E.ENOSPC;
      case 'sink':
        out(f.sink, u8().slice(ptr, ptr + len));
        return len;
      case 'dir':
        throw E.EBADF;
    }
    const q = f.pipe;
    if (q.readers === 0) {
      post(cur, SIGPIPE);
      throw E.EPIPE;
    }
    const space = PIPE_MAX - q.bytes;
    if (space <= 0 || (len <= 4096 && space < len)) {
      if (f.flags & 0o4000) throw E.EAGAIN;
      cur.readyWhen = () => q.readers === 0 || PIPE_MAX - q.bytes >= Math.min(len, 4096);
      return BLOCK;
    }
    const n = Math.min(len, space);
    if (n > 0) {
      q.chunks.push(u8().slice(ptr, ptr + n));
      q.bytes += n;
    }
    return n;
  };
  const vector = (one) => (fd, iov, count, result) => {
    let total = 0;
    for (let i = 0; i < count; i++) {
      const ptr = r32(iov + 8 * i),
        len = r32(iov + 8 * i + 4);
      if (len === 0 && (total > 0 || i < count - 1)) continue;
      let n;
      try {
        n = one(fd, ptr, len);
      } catch (e) {
        if (total > 0 && typeof e === 'number') break;
        throw e;
      }
      if (n === BLOCK) {
        if (total > 0) break;
        return BLOCK;
      }
      total += n;
      if (n < len) break;
    }
    w32(result, total);
    return 0;
  };
  const open = (dirfd, path, flags, varargs) => {
    const p = cur;
    if (p.opening !== undefined) {
      const { file, check, fd } = p.opening;
      if (!check()) {
        p.readyWhen = check;
        return BLOCK;
      }
      p.opening = undefined;
      return fd;
    }
    const cloexec = (flags & 0o2000000) !== 0,
      acc = flags & 3;
    const own = self(path);
    if (own !== undefined) {
      const f = fdOf(own);
      if (f.kind === 'file') {
        const g = openFile('file', f.node, flags);
        if (flags & 0o1000) fs.resize(f.node, 0);
        return setFd(lowest(), g, cloexec);
      }
      return setFd(lowest(), f, cloexec);
    }
    const {
      dir,
      name,
      node: found,
      slash,
    } = fs.walk(p, path[0] === '/' ? fs.root : dirOf(dirfd), path, !(flags & 0o400000) && (flags & 0o300) !== 0o300);
    let node = found;
    if (node === undefined) {
      if (!(flags & 0o100)) throw E.ENOENT;
      if (slash) throw E.EISDIR;
      if (!fs.may(p, dir, 2)) throw E.EACCES;
      node = fs.make('file', r32(varargs) & 0o7777 & ~p.umask, p.uid);
      fs.link(dir, name, node);
    } else {
      if ((flags & 0o300) === 0o300) throw E.EEXIST;
      if (node.kind === 'link') throw E.ELOOP;
      if (node.kind === 'dir' && (acc !== 0 || flags & 0o100)) throw E.EISDIR;
      if (flags & 0o200000 && node.kind !== 'dir') throw E.ENOTDIR;
      if (!fs.may(p, node, acc === 0 ? 4 : acc === 1 ? 2 : 6)) throw E.EACCES;
    }
    if (node.kind === 'fifo') {
      const q = (node.pipe ??= newPipe()),
        kind = acc === 0 ? 'r' : acc === 1 ? 'w' : 'rw';
      if (kind === 'w' && flags & 0o4000 && q.readers === 0) throw E.ENXIO;
      if (kind !== 'w') {
        q.readers++;
        q.rcount++;
      }
      if (kind !== 'r') {
        q.writers++;
        q.wcount++;
      }
      const file = openFile(kind, node, flags, { pipe: q }),
        fd = setFd(lowest(), file, cloexec);
      const seen = kind === 'r' ? q.wcount : q.rcount;
      const check = kind === 'r' ? () => q.writers > 0 || q.wcount > seen : () => q.readers > 0 || q.rcount > seen;
      if (kind !== 'rw' && !(flags & 0o4000) && !check()) {
        p.opening = { file, check, fd };
        p.readyWhen = check;
        return BLOCK;
      }
      return fd;
    }
    if (node.kind === 'file' && flags & 0o1000) fs.resize(node, 0);
    return setFd(lowest(), openFile(node.kind === 'chr' ? node.dev : node.kind, node, flags), cloexec);
  };
  const writeStat = (ptr, n) => {
    const ns = (o, t) => {
      w64(ptr + o, Math.floor(t / 1000));
      w32(ptr + o + 8, Math.floor((t % 1000) * 1e6));
      w32(ptr + o + 12, 0);
    };
    const size = n.kind === 'link' ? n.target.length : n.kind === 'dir' ? 4096 : n.size;
    w32(ptr, 1);
    w32(ptr + 4, S_IF[n.kind] | n.mode);
    w32(ptr + 8, n.nlink);
    w32(ptr + 12, n.uid);
    w32(ptr + 16, n.gid);
    w32(ptr + 20, n.kind === 'chr' ? 0x103 : 0);
    w64(ptr + 24, size);
    w32(ptr + 32, 4096);
    w32(ptr + 36, Math.ceil(n.size / 4096) * 8);
    ns(40, n.atime);
    ns(56, n.mtime);
    ns(72, n.ctime);
    dv().setBigInt64(ptr + 88, BigInt(n.ino), true);
    return 0;
  };
  const nodeOfFile = (f) => f.node ?? f.pipe ?? anon;
  const statAt = (dirfd, path, ptr, follow) => {
    const own = self(path);
    if (own !== undefined && !follow) {
      fdOf(own);
      return writeStat(ptr, { ...anon, kind: 'link', mode: 0o700, target: 'pipe:[1]' });
    }
    return writeStat(ptr, own !== undefined ? nodeOfFile(fdOf(own)) : find(dirfd, path, follow));
  };
  const setMode = (n, mode) => {
    if (cur.uid !== 0 && cur.uid !== n.uid) throw E.EPERM;
    n.mode = mode & 0o7777;
    n.ctime = now();
    return 0;
  };
  const parentFor = (dirfd, path) => {
    const r = fs.walk(cur, path[0] === '/' ? fs.root : dirOf(dirfd), path, false);
    return r;
  };
  const create = (dirfd, path, make) => {
    const r = parentFor(dirfd, path);
    if (r.node !== undefined) throw E.EEXIST;
    if (!fs.may(cur, r.dir, 3)) throw E.EACCES;
    fs.link(r.dir, r.name, make());
    return 0;
  };
  const rename = (d1, a, d2, b) => {
    const from = parentFor(d1, str(a)),
      to = parentFor(d2, str(b));
    if (from.node === undefined) throw E.ENOENT;
    if (!fs.may(cur, from.dir, 3) || !fs.may(cur, to.dir, 3)) throw E.EACCES;
    if (from.node === to.node) return 0;
    for (let d = to.dir; ; d = d.parent) {
      if (d === from.node) throw E.EINVAL;
      if (d === fs.root) break;
    }
    if (to.node !== undefined) {
      if (to.node.kind === 'dir') {
        if (from.node.kind !== 'dir') throw E.EISDIR;
        if (to.node.entries.size > 0) throw E.ENOTEMPTY;
        to.dir.nlink--;
      } else if (from.node.kind === 'dir') throw E.ENOTDIR;
      to.node.nlink--;
      fs.drop(to.node);
    }
    from.dir.entries.delete(from.name);
    if (from.node.kind === 'dir') from.dir.nlink--;
    from.dir.mtime = now();
    fs.link(to.dir, to.name, from.node);
    return 0;
  };
  const readable = (f) => f.pipe === undefined || f.kind === 'w' || f.pipe.bytes > 0 || f.pipe.writers === 0;
  const writable = (f) => f.pipe === undefined || f.kind === 'r' || f.pipe.readers === 0 || f.pipe.bytes < PIPE_MAX;
  const bit = (set, fd) => set !== 0 && (u8()[set + (fd >> 3)] & (1 << (fd & 7))) !== 0;
  const tm = (ptr, ms) => {
    const d = new Date(ms);
    const y = Date.UTC(d.getUTCFullYear(), 0, 1);
    [
      d.getUTCSeconds(),
      d.getUTCMinutes(),
      d.getUTCHours(),
      d.getUTCDate(),
      d.getUTCMonth(),
      d.getUTCFullYear() - 1900,
      d.getUTCDay(),
      Math.floor((ms - y) / 864e5),
      0,
      0,
    ].forEach((v, i) => w32(ptr + 4 * i, v));
    if (tzName[cur.pid] === undefined) {
      const z = cur.ex.malloc(4);
      wstr(z, 'UTC');
      tzName[cur.pid] = z;
    }
    w32(ptr + 40, tzName[cur.pid]);
  };
  const tzName = {};
  const fromTm = (ptr) => {
    const f = (i) => r32(ptr + 4 * i);
    const d = new Date(0);
    d.setUTCFullYear(f(5) + 1900, f(4), f(3));
    d.setUTCHours(f(2), f(1), f(0));
    const ms = d.getTime();
    if (Number.isNaN(ms)) return -1n;
    tm(ptr, ms);
    return BigInt(Math.floor(ms / 1000));
  };
  const strings = (ptr) => {
    const list = [];
    for (let i = ptr; r32(i) !== 0; i += 4) list.push(str(r32(i)));
    return list;
  };
  const loadProgram = (path, args, depth = 0) => {
    const node = find(-100, path, true);
    if (node.kind !== 'file') throw E.EACCES;
    if (!fs.may(cur, node, 1)) throw E.EACCES;
    const text = node.data === undefined ? '' : String.fromCharCode(...node.data.subarray(0, Math.min(256, node.size)));
    // The content of a program's file names its module, so that a copy of the file is a program, too.
    const program = /^\0program (\w+)\n/.exec(text)?.[1];
    if (program !== undefined && Object.hasOwn(modules, program)) return { module: program, args };
    const m = /^#![ \t]*([^\s]+)[ \t]*([^\n]*?)[ \t]*\n/.exec(text + '\n');
    if (m === null) throw E.ENOEXEC;
    if (depth > 4) throw E.ELOOP;
    return loadProgram(m[1], [m[1], ...(m[2] === '' ? [] : [m[2]]), path, ...args.slice(1)], depth + 1);
  };
  const exec = (p, module, args, env) => {
    const t = cpu();
    const instance = instantiate(modules[module]());
    const size = instance.exports.memory.buffer.byteLength;
    room(size);
    dropInstance(p);
    adopt(p, instance, modules[module]());
    p.args = args;
    p.env = env;
    p.comm = args[0] ?? '';
    p.rewind = false;
    p.frames = [];
    delete tzName[p.pid];
    for (let i = 0; i < p.fds.length; i++) if (p.fds[i]?.cloexec) closeFd(p, i);
    for (const [s, a] of p.actions) if (a.handler !== SIG_IGN) p.actions.delete(s);
    stats.execs++;
    stats.execMs += cpu() - t;
  };

  const none = plain(() => {
      throw E.ENOSYS;
    }),
    zero = () => 0;
  const env = {
    k_args(ptr) {
      const p = cur,
        all = [...p.args, ...p.env];
      const head = 4 * (p.args.length + p.env.length + 4);
      let total = head;
      for (const s of all) total += s.length + 1;
      if (ptr === 0) return total + 16;
      let at = ptr,
        s = ptr + head;
      w32(at, p.args.length);
      at += 4;
      for (const list of [p.args, p.env]) {
        for (const x of list) {
          w32(at, s);
          at += 4;
          wstr(s, x);
          s += x.length + 1;
        }
        w32(at, 0);
        at += 4;
      }
      return 0;
    },
    k_fork() {
      const p = cur;
      if (p.ex.asyncify_get_state() === 2) {
        p.ex.asyncify_stop_rewind();
        const r = p.forkResult;
        p.forkResult = undefined;
        return r;
      }
      if (procs.size >= procMax) return -E.EAGAIN;
      if (memoryUsed + p.memory.buffer.byteLength > memoryMax) return -E.ENOMEM;
      p.forking = true;
      return unwind(() => true);
    },
    k_execve: plain((path, argv, envp) => {
      const file = str(path),
        args = strings(argv),
        e = strings(envp);
      const r = loadProgram(file, args);
      exec(cur, r.module, r.args, e);
      throw EXEC;
    }),
    k_sigaction(s, set, handler, mask, flags, old) {
      if (s < 1 || s > 64) return -E.EINVAL;
      const a = cur.actions.get(s);
      w32(old, a?.handler ?? 0);
      w32(old + 4, a?.mask ?? 0);
      w32(old + 8, a?.flags ?? 0);
      if (set) {
        if (s === 9 || s === 19) return -E.EINVAL;
        if (handler === 0) cur.actions.delete(s);
        else cur.actions.set(s, { handler, mask, flags });
        if (handler === SIG_IGN && s < 32) cur.pending &= ~(1 << (s - 1));
      }
      return 0;
    },
    k_sigprocmask: blocking((set, how, mask, old) => {
      const p = cur,
        before = p.mask;
      if (old) w32(old, before);
      if (set) {
        p.mask = how === 0 ? before | mask : how === 1 ? before & ~mask : mask;
        p.mask &= ~((1 << 8) | (1 << 18));
      }
      return 0;
    }),
    k_sigsuspend: blocking(
      (mask) => {
        const p = cur;
        p.oldmask ??= p.mask;
        p.mask = mask;
        p.readyWhen = () => false;
        return BLOCK;
      },
      { restart: false },
    ),
    k_sigpending(ptr) {
      w32(ptr, cur.pending & cur.mask);
      return 0;
    },
    k_kill: blocking((pid, s) => {
      if (s < 0 || s > 64) throw E.EINVAL;
      const targets = [...procs.values()].filter((q) =>
        pid > 0 ? q.pid === pid : pid === 0 ? q.pgid === cur.pgid : pid === -1 ? q !== cur : q.pgid === -pid,
      );
      if (targets.length === 0) throw E.ESRCH;
      if (s > 0 && s < 32) for (const q of targets) post(q, s);
      return 0;
    }),
    k_sleep: blocking(
      (ms) => {
        const p = cur;
        p.deadline ??= now() + ms;
        if (now() >= p.deadline) return 0;
        p.readyWhen = () => false;
        return BLOCK;
      },
      { restart: false },
    ),
    k_yield: blocking(() => {
      const p = cur;
      const due = now();
      if (p.yielded) {
        p.yielded = false;
        p.since = due;
        return 0;
      }
      if (due - (p.since ?? due) < 5 || procs.size < 2) {
        p.since ??= due;
        return 0;
      }
      p.yielded = true;
      p.readyWhen = () => true;
      return BLOCK;
    }),
    k_getpid: () => cur.pid,
    k_getpgid: (pid) => (pid === 0 ? cur.pgid : (procs.get(pid)?.pgid ?? -E.ESRCH)),
    k_setitimer(w, value, interval, old) {
      const f = dv();
      f.setFloat64(old, cur.itimer === undefined ? 0 : Math.max(cur.itimer.at - now(), 0), true);
      f.setFloat64(old + 8, cur.itimer?.every ?? 0, true);
      cur.itimer = value > 0 ? { at: now() + value, every: interval } : undefined;
      return 0;
    },
    k_tcpgrp: () => -E.ENOTTY,
    k_cpu: (w) => (w === 2 ? cpu() : w === 1 ? cur.ccpu : cur.cpu + (cpu() - cur.ran)),
    k_random(ptr, n) {
      random(u8().subarray(ptr, ptr + n));
      return n;
    },
    k_select: blocking(
      (n, r, w, e, ms) => {
        const p = cur;
        let count = 0;
        const rs = [],
          ws = [];
        for (let fd = 0; fd < n; fd++) {
          if (bit(r, fd) && readable(fdOf(fd))) {
            rs.push(fd);
            count++;
          }
          if (bit(w, fd) && writable(fdOf(fd))) {
            ws.push(fd);
            count++;
          }
        }
        if (count === 0 && ms !== 0) {
          if (ms > 0) p.deadline ??= now() + ms;
          if (p.deadline === undefined || now() < p.deadline) {
            const R = [],
              W = [];
            for (let fd = 0; fd < n; fd++) {
              if (bit(r, fd)) R.push(fdOf(fd));
              if (bit(w, fd)) W.push(fdOf(fd));
            }
            p.readyWhen = () => R.some(readable) || W.some(writable);
            return BLOCK;
          }
        }
        for (const [set, list] of [
          [r, rs],
          [w, ws],
          [e, []],
        ])
          if (set !== 0) {
            u8().fill(0, set, set + 128);
            for (const fd of list) u8()[set + (fd >> 3)] |= 1 << (fd & 7);
          }
        return count;
      },
      { restart: false },
    ),
    __syscall_poll: blocking(
      (ptr, n, ms) => {
        const p = cur;
        let count = 0;
        const files = [];
        for (let i = 0; i < n; i++) {
          const at = ptr + 8 * i,
            fd = r32(at),
            want = dv().getInt16(at + 4, true);
          let got = 0;
          if (fd >= 0) {
            const d = cur.fds[fd];
            if (d === undefined) got = 0x20;
            else {
              const f = d.file;
              files.push([f, want]);
              if (want & 1 && readable(f)) got |= f.pipe && f.pipe.bytes === 0 && f.kind === 'r' ? 0x10 : 1;
              else if (f.kind === 'r' && f.pipe.writers === 0) got |= 0x10;
              if (want & 4 && writable(f)) got |= 4;
              if (f.kind === 'w' && f.pipe.readers === 0) got |= 8;
            }
          }
          dv().setInt16(at + 6, got, true);
          if (got) count++;
        }
        if (count === 0 && ms !== 0) {
          if (ms > 0) p.deadline ??= now() + ms;
          if (p.deadline === undefined || now() < p.deadline) {
            p.readyWhen = () =>
              files.some(
                ([f, w]) =>
                  (w & 1 && readable(f)) || (w & 4 && writable(f)) || (f.kind === 'w' && f.pipe.readers === 0),
              );
            return BLOCK;
          }
        }
        return count;
      },
      { restart: false },
    ),
    __syscall_wait4: blocking((pid, status, options, ru) => {
      const p = cur;
      let any = false;
      for (const c of procs.values()) {
        if (
          c.ppid !== p.pid ||
          !(pid === -1 || c.pid === pid || (pid === 0 && c.pgid === p.pgid) || (pid < -1 && c.pgid === -pid))
        )
          continue;
        any = true;
        if (c.state === 'zombie') {
          if (status) w32(status, c.status);
          c.state = 'dead';
          procs.delete(c.pid);
          p.ccpu += c.cpu + c.ccpu;
          return c.pid;
        }
      }
      if (!any) throw E.ECHILD;
      if (options & 1) return 0;
      p.readyWhen = () => {
        let m = false;
        for (const c of procs.values())
          if (
            c.ppid === p.pid &&
            (pid === -1 || c.pid === pid || (pid === 0 && c.pgid === p.pgid) || (pid < -1 && c.pgid === -pid))
          ) {
            if (c.state === 'zombie') return true;
            m = true;
          }
        return !m;
      };
      return BLOCK;
    }),
    __syscall_openat: blocking((d, path, flags, va) => open(d, str(path), flags, va)),
    __syscall_fcntl64: plain((fd, cmd, va) => {
      const d = cur.fds[fd];
      if (d === undefined) throw E.EBADF;
      switch (cmd) {
        case 0:
          if (r32(va) < 0 || r32(va) >= 1024) throw E.EINVAL;
          return setFd(lowest(r32(va)), d.file, false);
        case 1030:
          return setFd(lowest(r32(va)), d.file, true);
        case 1:
          return d.cloexec ? 1 : 0;
        case 2:
          d.cloexec = (r32(va) & 1) !== 0;
          return 0;
        case 3:
          return d.file.flags & ~0o2000000;
        case 4:
          d.file.flags = (d.file.flags & ~0o6000) | (r32(va) & 0o6000);
          return 0;
        case 12:
        case 5:
          dv().setInt16(r32(va), 2, true);
          return 0;
        case 6:
        case 7:
        case 13:
        case 14:
          return 0;
        default:
          throw E.EINVAL;
      }
    }),
    __syscall_ioctl: plain((fd, op) => {
      fdOf(fd);
      throw E.ENOTTY;
    }),
    __syscall_dup: plain((fd) => setFd(lowest(), fdOf(fd), false)),
    __syscall_dup3: plain((a, b, flags) => {
      const f = fdOf(a);
      if (b < 0 || b >= 1024) throw E.EBADF;
      if (a === b) return b;
      retain(f);
      if (cur.fds[b] !== undefined) closeFd(cur, b);
      f.refs--;
      return setFd(b, f, (flags & 0o2000000) !== 0);
    }),
    __syscall_pipe: plain((ptr) => makePipe(ptr, 0)),
    __syscall_pipe2: plain((ptr, flags) => makePipe(ptr, flags)),
    __syscall_stat64: plain((path, buf) => statAt(-100, str(path), buf, true)),
    __syscall_lstat64: plain((path, buf) => statAt(-100, str(path), buf, false)),
    __syscall_fstat64: plain((fd, buf) => writeStat(buf, nodeOfFile(fdOf(fd)))),
    __syscall_newfstatat: plain((d, path, buf, flags) =>
      str(path) === '' && flags & 0x1000
        ? writeStat(buf, d === -100 ? cur.cwd : nodeOfFile(fdOf(d)))
        : statAt(d, str(path), buf, !(flags & 0x100)),
    ),
    __syscall_faccessat: plain((d, path, mode) => {
      const s = str(path),
        own = self(s);
      if (own !== undefined) {
        fdOf(own);
        return 0;
      }
      if (!fs.may(cur, find(d, s, true), mode)) throw E.EACCES;
      return 0;
    }),
    __syscall_chdir: plain((path) => {
      const n = find(-100, str(path), true);
      if (n.kind !== 'dir') throw E.ENOTDIR;
      if (!fs.may(cur, n, 1)) throw E.EACCES;
      cur.cwd = n;
    }),
    __syscall_fchdir: plain((fd) => {
      const n = dirOf(fd);
      cur.cwd = n;
    }),
    __syscall_getcwd: plain((buf, size) => {
      const s = fs.pathOf(cur.cwd);
      if (s.length + 1 > size) throw E.ERANGE;
      wstr(buf, s);
      return s.length + 1;
    }),
    __syscall_chmod: plain((path, mode) => setMode(find(-100, str(path), true), mode)),
    __syscall_fchmod: plain((fd, mode) => setMode(nodeOfFile(fdOf(fd)), mode)),
    __syscall_fchmodat2: plain((d, path, mode, flags) => setMode(find(d, str(path), !(flags & 0x100)), mode)),
    __syscall_fchownat: zero,
    __syscall_fchown32: zero,
    __syscall_mkdirat: plain((d, path, mode) =>
      create(d, str(path), () => fs.make('dir', mode & 0o7777 & ~cur.umask, cur.uid)),
    ),
    __syscall_mknodat: plain((d, path, mode) =>
      create(d, str(path), () => {
        const t = mode & 0o170000;
        if (t === 0o10000) return fs.make('fifo', mode & 0o777 & ~cur.umask, cur.uid);
        if (t === 0o100000 || t === 0) return fs.make('file', mode & 0o777 & ~cur.umask, cur.uid);
        throw E.EPERM;
      }),
    ),
    __syscall_symlinkat: plain((target, d, path) =>
      create(d, str(path), () => {
        const n = fs.make('link', 0o777, cur.uid);
        n.target = str(target);
        return n;
      }),
    ),
    __syscall_symlink: plain((target, path) =>
      create(-100, str(path), () => {
        const n = fs.make('link', 0o777, cur.uid);
        n.target = str(target);
        return n;
      }),
    ),
    __syscall_linkat: plain((d1, a, d2, b, flags) => {
      const n = find(d1, str(a), !!(flags & 0x400));
      if (n.kind === 'dir') throw E.EPERM;
      create(d2, str(b), () => {
        n.nlink++;
        return n;
      });
    }),
    __syscall_unlinkat: plain((d, path, flags) => {
      const r = parentFor(d, str(path));
      if (r.node === undefined) throw E.ENOENT;
      if (r.name === '.' || r.name === '..') throw E.EINVAL;
      if (!fs.may(cur, r.dir, 3)) throw E.EACCES;
      if (flags & 0x200) {
        if (r.node.kind !== 'dir') throw E.ENOTDIR;
        if (r.node.entries.size > 0) throw E.ENOTEMPTY;
        r.dir.nlink--;
      } else if (r.node.kind === 'dir') throw E.EISDIR;
      r.dir.entries.delete(r.name);
      r.dir.mtime = now();
      r.node.nlink -= r.node.kind === 'dir' ? 2 : 1;
      fs.drop(r.node);
    }),
    __syscall_rmdir: (path) => env.__syscall_unlinkat(-100, path, 0x200),
    __syscall_renameat: plain(rename),
    __syscall_renameat2: plain(rename),
    __syscall_readlinkat: plain((d, path, buf, size) => {
      const s = str(path),
        own = self(s);
      let t;
      if (own !== undefined) {
        const f = fdOf(own);
        t = f.pipe ? 'pipe:[1]' : '/dev/null';
      } else {
        const n = find(d, s, false);
        if (n.kind !== 'link') throw E.EINVAL;
        t = n.target;
      }
      const k = Math.min(size, t.length);
      for (let i = 0; i < k; i++) u8()[buf + i] = t.charCodeAt(i);
      return k;
    }),
    __syscall_getdents64: plain((fd, buf, size) => {
      const f = fdOf(fd);
      if (f.kind !== 'dir') throw E.ENOTDIR;
      if (f.pos === 0) f.list = [['.', f.node], ['..', f.node.parent], ...f.node.entries];
      let at = buf;
      for (; f.pos < f.list.length; f.pos++) {
        const [name, n] = f.list[f.pos];
        const len = (19 + name.length + 1 + 7) & ~7;
        if (at + len > buf + size) break;
        w64(at, n.ino);
        w64(at + 8, f.pos + 1);
        dv().setUint16(at + 16, len, true);
        u8()[at + 18] = DT[n.kind];
        wstr(at + 19, name);
        at += len;
      }
      return at - buf;
    }),
    __syscall_ftruncate64: plain((fd, size) => {
      const f = fdOf(fd);
      if (f.kind !== 'file' || (f.flags & 3) === 0) throw E.EINVAL;
      fs.resize(f.node, Number(size));
    }),
    __syscall_truncate64: plain((path, size) => {
      const n = find(-100, str(path), true);
      if (n.kind !== 'file') throw E.EISDIR;
      if (!fs.may(cur, n, 2)) throw E.EACCES;
      fs.resize(n, Number(size));
    }),
    __syscall_utimensat: plain((d, path, ts, flags) => {
      const n = path === 0 ? nodeOfFile(fdOf(d)) : find(d, str(path), !(flags & 0x100));
      const t = (o) => {
        if (ts === 0) return now();
        const ns = r32(ts + o + 8);
        return ns === 0x3fffffff
          ? now()
          : ns === 0x3ffffffe
            ? undefined
            : Number(dv().getBigInt64(ts + o, true)) * 1000 + ns / 1e6;
      };
      n.atime = t(0) ?? n.atime;
      n.mtime = t(16) ?? n.mtime;
      n.ctime = now();
    }),
    __syscall_fadvise64: zero,
    __syscall_fallocate: none,
    __syscall_fdatasync: zero,
    __syscall_sync: zero,
    __syscall_mprotect: zero,
    __syscall_madvise: zero,
    __syscall_statfs64: plain((path, size, buf) => statfs(buf)),
    __syscall_fstatfs64: plain((fd, size, buf) => statfs(buf)),
    __syscall_getuid32: () => cur.uid,
    __syscall_geteuid32: () => cur.uid,
    __syscall_getgid32: () => cur.gid,
    __syscall_getegid32: () => cur.gid,
    __syscall_getppid: () => cur.ppid,
    __syscall_getpgid: (pid) => env.k_getpgid(pid),
    __syscall_getsid: () => cur.sid,
    __syscall_setsid: () => {
      cur.sid = cur.pid;
      cur.pgid = cur.pid;
      return cur.pid;
    },
    __syscall_setpgid: plain((pid, pg) => {
      const q = pid === 0 ? cur : procs.get(pid);
      if (q === undefined) throw E.ESRCH;
      q.pgid = pg === 0 ? q.pid : pg;
    }),
    __syscall_getpriority: () => 20,
    __syscall_setpriority: zero,
    __syscall_umask: (m) => {
      const o = cur.umask;
      cur.umask = m & 0o777;
      return o;
    },
    __syscall_uname: (buf) => {
      ['Linux', 'hotcell', '6.1.0', '#1 SMP', 'wasm32', ''].forEach((s, i) => wstr(buf + 65 * i, s));
      return 0;
    },
    __syscall_prlimit64: none,
    emscripten_resize_heap: (size) => {
      const p = cur;
      const have = p.memory.buffer.byteLength,
        want = (Math.max(size >>> 0, have + (1 << 20)) + 65535) & ~65535;
      try {
        room(want - have);
      } catch {
        return 0;
      }
      try {
        p.memory.grow((want - have) >>> 16);
      } catch {
        memoryUsed -= want - have;
        return 0;
      }
      return 1;
    },
    emscripten_get_heap_max: () => Math.min(memoryMax, 0x7fff0000),
    emscripten_date_now: () => now(),
    emscripten_get_now: () => cpu(),
    _emscripten_get_now_is_monotonic: () => 1,
    emscripten_get_now_res: () => 1000,
    _emscripten_memcpy_js: (d, s, n) => {
      u8().copyWithin(d, s, s + n);
    },
    _localtime_js: (t, ptr) => tm(ptr, Number(t) * 1000),
    _gmtime_js: (t, ptr) => tm(ptr, Number(t) * 1000),
    _mktime_js: fromTm,
    _timegm_js: fromTm,
    _tzset_js: (tz, dl, std, dst) => {
      w32(tz, 0);
      w32(dl, 0);
      wstr(std, 'UTC');
      wstr(dst, 'UTC');
    },
    _emscripten_throw_longjmp: () => {
      throw JMP;
    },
    _emscripten_get_progname: (ptr, n) => {
      const t = cur.comm.slice(cur.comm.lastIndexOf('/') + 1).slice(0, n - 1);
      wstr(ptr, t);
    },
    k_call1: (f, a) => cur.table.get(f)(a) ?? 0,
    _abort_js: () => {
      terminate(cur, 6);
      throw EXIT;
    },
  };
  const statfs = (buf) => {
    u8().fill(0, buf, buf + 64);
    w32(buf + 4, 4096);
    w32(buf + 40, 4096);
    return 0;
  };
  const makePipe = (ptr, flags) => {
    const q = newPipe();
    q.readers = 1;
    q.writers = 1;
    const ce = (flags & 0o2000000) !== 0,
      nb = flags & 0o4000;
    const a = setFd(lowest(), openFile('r', undefined, nb, { pipe: q }), ce),
      b = setFd(lowest(), openFile('w', undefined, 1 | nb, { pipe: q }), ce);
    w32(ptr, a);
    w32(ptr + 4, b);
    return 0;
  };
  const seek = (f, off, whence) => {
    if (f.kind === 'dir') {
      f.pos = Number(off);
      return f.pos;
    }
    if (f.kind !== 'file') {
      if (f.pipe || f.kind === 'sink') throw E.ESPIPE;
      return 0;
    }
    const at = Number(off) + (whence === 0 ? 0 : whence === 1 ? f.pos : f.node.size);
    if (at < 0) throw E.EINVAL;
    f.pos = at;
    return at;
  };
  const positions = (one) =>
    wasi((fd, iov, n, off, res) => {
      const f = fdOf(fd);
      if (f.kind !== 'file') throw E.ESPIPE;
      const keep = f.pos;
      f.pos = Number(off);
      try {
        vector(one)(fd, iov, n, res);
      } finally {
        f.pos = keep;
      }
    });
  const wasiImports = {
    environ_sizes_get: (a, b) => {
      w32(a, 0);
      w32(b, 0);
      return 0;
    },
    environ_get: zero,
    fd_close: wasi((fd) => closeFd(cur, fd)),
    fd_sync: zero,
    fd_read: blocking(vector(read), { error: (e) => e }),
    fd_write: blocking(vector(write), { error: (e) => e }),
    fd_pread: positions(read),
    fd_pwrite: positions(write),
    fd_seek: wasi((fd, off, whence, res) => {
      w64(res, seek(fdOf(fd), off, whence));
    }),
    fd_fdstat_get: wasi((fd, ptr) => {
      const f = fdOf(fd);
      u8().fill(0, ptr, ptr + 24);
      u8()[ptr] = f.kind === 'dir' ? 3 : 4;
    }),
    proc_exit: (code) => {
      terminate(cur, (code & 255) << 8);
      throw EXIT;
    },
  };
  const invoke = (index, ...args) => {
    const p = cur,
      sp = p.ex.emscripten_stack_get_current();
    try {
      return p.table.get(index)(...args);
    } catch (e) {
      if (e !== JMP) throw e;
      p.ex._emscripten_stack_restore(sp);
      p.ex.setThrew(1, 0);
      return 0;
    }
  };
  const invokeBig = (index, ...args) => {
    const r = invoke(index, ...args);
    return r === 0 ? 0n : r;
  };
  const handler = {
    get: (t, name) =>
      t[name] ??
      (name.startsWith('invoke_')
        ? name[7] === 'j'
          ? invokeBig
          : invoke
        : (t[name] = (...a) => {
            return -E.ENOSYS;
          })),
    has: () => true,
  };
  const imports = { env: new Proxy(env, handler), wasi_snapshot_preview1: new Proxy(wasiImports, handler) };

  const fork = (p) => {
    const t = cpu();
    const c = newProc(p.pid),
      pid = c.pid;
    const list = pool.get(p.module);
    const instance = list?.pop() ?? instantiate(p.module);
    const pages = p.memory.buffer.byteLength >>> 16,
      have = instance.exports.memory.buffer.byteLength >>> 16;
    if (have < pages) instance.exports.memory.grow(pages - have);
    adopt(c, instance, p.module);
    memoryUsed += c.memory.buffer.byteLength;
    const src = new Uint8Array(p.memory.buffer),
      d = new DataView(p.memory.buffer),
      sp = p.ex.__stack_pointer.value,
      top = d.getInt32(p.buf, true);
    c.u8.set(src.subarray(sp, top), sp);
    c.u8.set(src.subarray(p.buf + p.bufSize), p.buf + p.bufSize);
    c.ex.__stack_pointer.value = sp;
    Object.assign(c, {
      pgid: p.pgid,
      sid: p.sid,
      uid: p.uid,
      gid: p.gid,
      cwd: p.cwd,
      umask: p.umask,
      actions: new Map(p.actions),
      mask: p.mask,
      args: p.args,
      env: p.env,
      comm: p.comm,
      rewind: true,
      forkResult: 0,
      frames: p.frames.slice(),
    });
    tzName[pid] = tzName[p.pid];
    p.fds.forEach((d, i) => {
      if (d !== undefined) c.fds[i] = { file: retain(d.file), cloexec: d.cloexec };
    });
    p.forkResult = pid;
    c.ready = () => true;
    stats.forks++;
    stats.forkMs += cpu() - t;
  };
  const run = (p) => {
    cur = p;
    p.ran = cpu();
    p.since = undefined;
    try {
      if (p.rewind) {
        p.rewind = false;
        p.frames0 = p.frames;
        p.frames = [];
        p.depth = 0;
        p.frames0.reverse();
        p.ex.asyncify_start_rewind(p.buf);
      }
      p.ready = undefined;
      p.ex._start();
      if (p.ex.asyncify_get_state() === 1) {
        p.ex.asyncify_stop_unwind();
        p.rewind = true;
        if (p.forking) {
          p.forking = false;
          fork(p);
        }
      } else terminate(p, 0);
    } catch (e) {
      if (e === EXEC) p.ready = () => true;
      else if (e !== EXIT) {
        out(2, enc.encode(`${p.comm}: ${e instanceof RangeError ? 'stack overflow' : String(e)}\n`));
        terminate(p, 11);
      }
    }
    p.cpu += cpu() - p.ran;
    cur = undefined;
  };
  return {
    fs,
    stats,
    procs,
    env,
    memory: () => memoryUsed,
    async main(module, args, envs, { stdin = new Uint8Array(), cwd = '/', uid = 1000 } = {}) {
      const p = newProc(0);
      cur = p;
      p.uid = p.gid = uid;
      p.cwd = fs.walk(p, fs.root, cwd, true).node;
      const q = newPipe();
      if (stdin.length > 0) {
        q.chunks.push(stdin);
        q.bytes = stdin.length;
      }
      q.readers = 1;
      setFd(0, openFile('r', undefined, 0, { pipe: q }), false);
      for (const n of [1, 2]) setFd(n, openFile('sink', undefined, 1, { sink: n }), false);
      exec(p, module, args, envs);
      p.ready = () => true;
      for (;;) {
        let ran = false,
          next = Infinity;
        const at = now();
        for (const q of [...procs.values()]) {
          if (q.state !== 'run') continue;
          if (q.itimer !== undefined) {
            if (at >= q.itimer.at) {
              q.itimer = q.itimer.every > 0 ? { at: at + q.itimer.every, every: q.itimer.every } : undefined;
              post(q, SIGALRM);
              if (q.state !== 'run') continue;
            }
            if (q.itimer) next = Math.min(next, q.itimer.at);
          }
          const wake = q.ready() || due(q) !== 0 || (q.deadline !== undefined && at >= q.deadline);
          if (wake) {
            run(q);
            ran = true;
          } else if (q.deadline !== undefined) next = Math.min(next, q.deadline);
        }
        if (![...procs.values()].some((q) => q.state === 'run')) break;
        if (!ran) {
          if (next === Infinity) {
            for (const q of [...procs.values()]) if (q.state === 'run') terminate(q, SIGKILL);
            break;
          }
          await sleep(Math.max(0, next - now()));
        }
      }
      return (p.status & 127) !== 0 ? 128 + (p.status & 127) : p.status >> 8;
    },
  };
}
