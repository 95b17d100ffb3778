import type { NodeErrors } from './errors.ts';
import type { Kit } from './kit.ts';

/** Makes `path` as it is on Linux. */
export function createPath({ load }: Kit): object {
  const { wrongType } = load('errors') as NodeErrors;
  const check = (path: unknown, name = '"path"'): string =>
    typeof path === 'string' ? path : wrongType(name, 'of type string', path);
  const settle = (path: string, isAbsolute: boolean): string => {
    const parts: string[] = [];
    for (const part of path.split('/')) {
      if (part === '' || part === '.') continue;
      if (part !== '..') parts.push(part);
      else if (parts.length > 0 && parts.at(-1) !== '..') parts.pop();
      else if (!isAbsolute) parts.push('..');
    }
    return parts.join('/');
  };
  const normalize = (given: unknown): string => {
    const path = check(given);
    if (path === '') return '.';
    const isAbsolute = path.startsWith('/');
    const settled = settle(path, isAbsolute);
    const end = path.endsWith('/') && settled !== '' ? '/' : '';
    if (settled === '') return isAbsolute ? '/' : path.endsWith('/') ? './' : '.';
    return `${isAbsolute ? '/' : ''}${settled}${end}`;
  };
  const resolve = (...paths: unknown[]): string => {
    let whole = '';
    for (let index = paths.length - 1; index >= 0 && !whole.startsWith('/'); index -= 1) {
      const path = check(paths[index], `"paths[${index}]"`);
      if (path !== '') whole = whole === '' ? path : `${path}/${whole}`;
    }
    if (!whole.startsWith('/')) whole = `/workspace/${whole}`;
    return `/${settle(whole, true)}`;
  };
  /** Without slashes at its end. */
  const trim = (path: string): string => {
    let end = path.length;
    while (end > 1 && path[end - 1] === '/') end -= 1;
    return path.slice(0, end);
  };
  const basename = (given: unknown, suffix?: unknown): string => {
    const path = trim(check(given));
    const base = path === '/' ? '' : path.slice(path.lastIndexOf('/') + 1);
    if (suffix === undefined) return base;
    const end = check(suffix, '"suffix"');
    return base !== end && base.endsWith(end) ? base.slice(0, base.length - end.length) : base;
  };
  const dirname = (given: unknown): string => {
    const path = check(given);
    if (path === '') return '.';
    const trimmed = trim(path);
    const at = trimmed.lastIndexOf('/');
    if (at < 0) return '.';
    return at === 0 ? (trimmed.startsWith('//') ? '//' : '/') : trim(trimmed.slice(0, at));
  };
  const extname = (given: unknown): string => {
    const base = basename(given);
    const at = base.lastIndexOf('.');
    return at <= 0 || base === '..' ? '' : base.slice(at);
  };
  const path = {
    sep: '/',
    delimiter: ':',
    normalize,
    resolve,
    basename,
    dirname,
    extname,
    join: (...paths: unknown[]): string => {
      const whole = paths.map((part) => check(part)).filter((part) => part !== '');
      return whole.length === 0 ? '.' : normalize(whole.join('/'));
    },
    isAbsolute: (given: unknown): boolean => check(given).startsWith('/'),
    relative: (from: unknown, to: unknown): string => {
      const start = resolve(check(from, '"from"')).split('/').filter(Boolean);
      const end = resolve(check(to, '"to"')).split('/').filter(Boolean);
      let same = 0;
      while (same < start.length && same < end.length && start[same] === end[same]) same += 1;
      return [...start.slice(same).map(() => '..'), ...end.slice(same)].join('/');
    },
    parse: (given: unknown): object => {
      const path = check(given);
      const root = path.startsWith('/') ? '/' : '';
      const base = basename(path);
      const ext = extname(path);
      const at = trim(path).lastIndexOf('/');
      const dir = at < 0 ? '' : at === 0 ? '/' : trim(path).slice(0, at);
      return { root, dir: base === '' ? root : dir, base, ext, name: base.slice(0, base.length - ext.length) };
    },
    format: (parts: Partial<Record<'root' | 'dir' | 'base' | 'ext' | 'name', string>>): string => {
      if (typeof parts !== 'object' || parts === null) wrongType('"pathObject"', 'of type object', parts);
      const dir = parts.dir || parts.root;
      const ext = parts.ext ? (parts.ext.startsWith('.') ? parts.ext : `.${parts.ext}`) : '';
      const base = parts.base || `${parts.name ?? ''}${ext}`;
      if (!dir) return base;
      return dir === parts.root ? `${dir}${base}` : `${dir}/${base}`;
    },
    toNamespacedPath: (given: unknown): unknown => given,
  };
  return Object.assign(path, { posix: path });
}
