import type { WasmRealm } from '../wasm-realm.ts';
import type { Streams } from './shell.ts';

/** The parts of just-bash's in-memory files that are used. */
export interface BashFiles {
  readFileBuffer(path: string): Promise<Uint8Array>;
  writeFile(path: string, content: string | Uint8Array, options?: unknown): Promise<void>;
  appendFile(path: string, content: string | Uint8Array, options?: unknown): Promise<void>;
  lstat(path: string): Promise<Status>;
  mkdir(path: string, options: { recursive: boolean }): Promise<void>;
  rm(path: string, options: { force: boolean; recursive: boolean }): Promise<void>;
  getAllPaths(): string[];
}

interface Status {
  readonly isFile: boolean;
  readonly isDirectory: boolean;
  readonly size: number;
  /** Changes when the file is written again, even under the same name. */
  readonly identity?: string;
}

/** Operations on the files of a Bash guest from outside. */
export interface BashFileCare {
  /** Passes writes to the two streams out of the realm, and limits files to `diskMb`. */
  watch(files: BashFiles, diskMb: number): void;
  /**
   * Writes a file under /workspace, without following links.
   * @throws {Error} if something other than a file or folder is in its way.
   */
  place(files: BashFiles, path: string, content: Uint8Array): Promise<void>;
  /**
   * Hands over the files of /workspace that the job collects; with `isNew` only those written since the last such call.
   */
  handOver(files: BashFiles, isNew: boolean): Promise<void>;
  /** Path and size of the files of /workspace that the job collects, by path. */
  list(files: BashFiles): Promise<readonly { readonly path: string; readonly bytes: number }[]>;
}

/** Makes the operations for one guest. */
export function createBashFiles(
  realm: Pick<WasmRealm, 'collected' | 'handOver' | 'toBytes' | 'write'>,
  streams: Streams,
): BashFileCare {
  const folder = '/workspace';
  const mebibyte = 1_048_576;
  const { write } = realm;
  /** Text of a write: just-bash represents bytes as one character each, and marks them so. */
  const textOf = (content: string | Uint8Array, options: unknown): string => {
    const encoding = typeof options === 'object' ? (options as { encoding?: unknown } | null)?.encoding : options;
    if (typeof content !== 'string') return new TextDecoder().decode(content);
    return encoding === 'binary' || encoding === 'latin1' ? new TextDecoder().decode(realm.toBytes(content)) : content;
  };
  const statusOf = (files: BashFiles, path: string): Promise<Status | undefined> =>
    files.lstat(path).catch(() => undefined);
  /** Identity of each file when it was last handed over, by path. */
  const handedOver: Record<string, string | undefined> = { __proto__: null } as never;
  /** The files that the job collects, without those in the cell's own folders. */
  const collect = async (files: BashFiles): Promise<readonly (readonly [path: string, status: Status])[]> => {
    const paths = files.getAllPaths().filter((path) => path.startsWith(`${folder}/`));
    const found: (readonly [path: string, status: Status])[] = [];
    for (const path of realm.collected(paths.map((name) => name.slice(folder.length + 1)))) {
      const status = await statusOf(files, `${folder}/${path}`);
      if (status?.isFile) found.push([path, status]);
    }
    return found;
  };

  return {
    watch(files, diskMb) {
      const sizes: Record<string, number> = { __proto__: null } as never;
      let bytes = 0;
      /** Space that removed files give back is counted only when it is needed. */
      const count = async (): Promise<number> => {
        bytes = 0;
        for (const path in sizes) {
          const size = (await statusOf(files, path))?.size;
          if (size === undefined) delete sizes[path];
          else bytes += sizes[path] = size;
        }
        return bytes;
      };
      const watch = (name: 'writeFile' | 'appendFile'): void => {
        const original = files[name].bind(files);
        files[name] = async (path, content, options) => {
          if (path === streams.stdout) return write('stdout', textOf(content, options));
          if (path === streams.stderr) return write('stderr', textOf(content, options));
          if (path === streams.stdin) return await original(path, content, options);
          const before = sizes[path] ?? 0;
          const size = (name === 'appendFile' ? before : 0) + content.length;
          const max = diskMb * mebibyte;
          if (bytes - before + size > max && (await count()) - (sizes[path] ?? 0) + size > max) {
            throw new Error(`ENOSPC: no space left on device, write '${path}'`);
          }
          await original(path, content, options);
          bytes += size - (sizes[path] ?? 0);
          sizes[path] = size;
        };
      };
      watch('writeFile');
      watch('appendFile');
    },
    async place(files, path, content) {
      const parts = path.split('/');
      const name = parts.pop();
      let full = folder;
      for (const part of parts) {
        full += `/${part}`;
        const status = await statusOf(files, full);
        if (status && !status.isDirectory) throw new Error(`"${full}" exists and is not a folder.`);
      }
      full += `/${name}`;
      const status = await statusOf(files, full);
      if (status && !status.isFile) throw new Error(`"${path}" exists and is not a file.`);
      await files.writeFile(full, content);
    },
    async handOver(files, isNew) {
      for (const [path, { identity = '' }] of await collect(files)) {
        const isOld = identity !== '' && handedOver[path] === identity;
        if (isNew) handedOver[path] = identity;
        if (isNew && isOld) continue;
        const content = await files.readFileBuffer(`${folder}/${path}`).catch((error: Error) => error);
        realm.handOver(path, 'length' in content ? content.length : 0, (at, length) => {
          if (!('subarray' in content)) throw content;
          return content.subarray(at, at + length);
        });
      }
    },
    async list(files) {
      const all = (await collect(files)).map(([path, { size }]) => ({ path, bytes: size }));
      return all.sort((a, b) => (a.path < b.path ? -1 : 1));
    },
  };
}
