/**
 * A host process's user id is this plus its process id: far above the ids that systems use, and different for each
 * host.
 */
const firstUid = 2_100_000_000;
/** `nobody`, if a user namespace has no such high ids. */
const nobody = 65_534;

/** Gives up root permanently, if the process has it: user, group and all supplementary groups. Returns the user id. */
export function lowerPrivileges(): number | undefined {
  if (process.getuid?.() === 0) {
    process.setgroups?.([]);
    try {
      become(firstUid + process.pid);
    } catch {
      become(nobody);
    }
  }
  return process.getuid?.();
}

/** Whether a process without root can read `path`. Needs root to find out. */
export function isReadableWithoutRoot(path: string, canRead: (path: string) => boolean): boolean {
  if (process.getuid?.() !== 0) return true;
  try {
    process.setegid?.(nobody);
    process.seteuid?.(nobody);
    return canRead(path);
  } catch {
    return false;
  } finally {
    process.seteuid?.(0);
    process.setegid?.(0);
  }
}

function become(id: number): void {
  process.setgid?.(id);
  process.setuid?.(id);
}
