// Files in memory: inodes, path lookup. Errors are thrown as positive numbers (WASI's errno).
export const E = {
  E2BIG: 1,
  EACCES: 2,
  EAGAIN: 6,
  EBADF: 8,
  EBUSY: 10,
  ECHILD: 12,
  EEXIST: 20,
  EFBIG: 22,
  EINTR: 27,
  EINVAL: 28,
  EIO: 29,
  EISDIR: 31,
  ELOOP: 32,
  EMFILE: 33,
  ENAMETOOLONG: 37,
  ENFILE: 41,
  ENODEV: 43,
  ENOENT: 44,
  ENOEXEC: 45,
  ENOMEM: 48,
  ENOSPC: 51,
  ENOSYS: 52,
  ENOTDIR: 54,
  ENOTEMPTY: 55,
  ENOTSUP: 58,
  ENOTTY: 59,
  ENXIO: 60,
  EPERM: 63,
  EPIPE: 64,
  ERANGE: 68,
  EROFS: 69,
  ESPIPE: 70,
  ESRCH: 71,
  EXDEV: 75,
};
export function createFs(now, diskMax) {
  let nextIno = 2,
    used = 0;
  const make = (kind, mode, uid) => ({
    ino: nextIno++,
    kind,
    mode,
    uid,
    gid: uid,
    nlink: kind === 'dir' ? 2 : 1,
    size: 0,
    data: undefined,
    entries: kind === 'dir' ? new Map() : undefined,
    parent: undefined,
    name: '',
    target: '',
    dev: undefined,
    pipe: undefined,
    mtime: now(),
    atime: now(),
    ctime: now(),
    opens: 0,
  });
  const root = make('dir', 0o755, 0);
  root.parent = root;
  const may = (p, n, want) => {
    if (p.uid === 0) return want !== 1 || n.kind === 'dir' || (n.mode & 0o111) !== 0;
    const bits = p.uid === n.uid ? n.mode >> 6 : p.gid === n.gid ? n.mode >> 3 : n.mode;
    return (bits & want) === want;
  };
  const link = (dir, name, node) => {
    dir.entries.set(name, node);
    dir.mtime = dir.ctime = now();
    if (node.kind === 'dir') {
      node.parent = dir;
      node.name = name;
      dir.nlink++;
    }
  };
  // Walks to the last part: { dir, name, node } (node undefined if it is missing).
  const walk = (p, start, path, follow, depth = 0) => {
    if (path === '') throw E.ENOENT;
    if (depth > 20) throw E.ELOOP;
    let dir = path[0] === '/' ? root : start;
    const parts = path.split('/').filter((x) => x !== '' && x !== '.');
    const slash = /\/\.?$/.test(path);
    if (parts.length === 0) return { dir, name: '.', node: dir };
    for (let i = 0; ; i++) {
      if (dir.kind !== 'dir') throw E.ENOTDIR;
      if (!may(p, dir, 1)) throw E.EACCES;
      const name = parts[i],
        last = i === parts.length - 1;
      if (name.length > 255) throw E.ENAMETOOLONG;
      let node = name === '..' ? dir.parent : dir.entries.get(name);
      if (last && (node === undefined || node.kind !== 'link' || (!follow && !slash))) {
        if (slash && node !== undefined && node.kind !== 'dir') throw E.ENOTDIR;
        return { dir, name, node, slash };
      }
      if (node === undefined) throw E.ENOENT;
      if (node.kind === 'link') {
        const rest = parts.slice(i + 1).join('/');
        return walk(p, dir, rest === '' ? node.target : node.target + '/' + rest, follow, depth + 1);
      }
      dir = node;
    }
  };
  const resize = (node, size) => {
    if (size > node.size) {
      if (used + size - node.size > diskMax) throw E.ENOSPC;
      if (node.data === undefined || node.data.length < size) {
        const d = new Uint8Array(
          Math.max(size, node.data === undefined ? 64 : Math.min(node.data.length * 2, node.data.length + (8 << 20))),
        );
        if (node.data !== undefined) d.set(node.data.subarray(0, node.size));
        node.data = d;
      } else node.data.fill(0, node.size, size);
    }
    used += size - node.size;
    node.size = size;
    if (size === 0) node.data = undefined;
    node.mtime = node.ctime = now();
  };
  const drop = (node) => {
    if (node.nlink <= 0 && node.opens === 0 && node.kind === 'file') {
      used -= node.size;
      node.size = 0;
      node.data = undefined;
    }
  };
  const pathOf = (dir) => {
    let s = '';
    for (let d = dir; d !== root; d = d.parent) s = '/' + d.name + s;
    return s || '/';
  };
  const put = (path, node) => {
    const parts = path.split('/').filter(Boolean);
    let d = root;
    for (const x of parts.slice(0, -1)) {
      let n = d.entries.get(x);
      if (n === undefined) {
        n = make('dir', 0o755, node.uid);
        link(d, x, n);
      }
      d = n;
    }
    link(d, parts.at(-1), node);
    return node;
  };
  return { root, make, may, link, walk, resize, drop, pathOf, put, used: () => used };
}
