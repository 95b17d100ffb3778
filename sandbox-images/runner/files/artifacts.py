"""Collects the files that a job asks for, as one tar archive in chunks.

The guest made everything here: names, links, modes, depth, number. It is read with the guest's effective
uid, every name relative to an open folder and never through a link. The guest is dead by then, so nothing changes
between a look and a read.
"""

from __future__ import annotations

import os
import stat
import sys
from itertools import islice

from runner.files.globs import Globs, State
from runner.files.tarball import END, file_header, padding
from runner.protocol.job import MIB, Limits
from runner.support.identity import WORKSPACE

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

#: Once this many bytes are on their way, the engine must take some first: 1 MiB
#: (artifactWindowBytes in src/cells/conversation/artifact-relay.ts).
WINDOW_BYTES = 1_048_576
_FILES_MAX = 1_000
#: Most names of one folder that are checked; the rest are only counted.
_NAMES_MAX = 10_000
#: Folders below folders; each costs a descriptor while the walk is in it.
_DEPTH_MAX = 64
_CHUNK_BYTES = 65_536
_FOLDER = os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW | os.O_CLOEXEC
_FILE = os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC
#: The cell's own folders: that of the harness, and /tmp.
_OWN_FOLDERS = frozenset({".hotcell", ".tmp"})
#: Characters that the contract allows in no path (workspacePathSchema in src/contract/api/request.ts), besides lone surrogates.
_BAD_CHARACTERS = frozenset(("\\", "\u2028", "\u2029", *map(chr, range(0x20)), *map(chr, range(0x7F, 0xA0))))
_PATH_MAX = 1_024


class Program:
    """The file with the program itself, made if the program asks for it (python/program_file.py). It is not an artifact."""

    __slots__ = ("_name", "_code")

    def __init__(self, name: str, code: str) -> None:
        """Without a name there is no such file."""
        self._name = name
        self._code = code

    def lies_in(self, folder: int, path: str, size: int) -> bool:
        """Whether the file `path` of an open folder, which has `size` bytes, contains exactly the program."""
        if path != self._name:
            return False
        code = self._code.encode("utf-8", "surrogatepass")
        if size != len(code):
            return False
        fd = os.open(path, _FILE, dir_fd=folder)
        with open(fd, "rb") as file:
            return file.read(size) == code


class Collector:
    """Walks /workspace once. `dropped` counts what matches but is left out."""

    def __init__(
        self,
        patterns: list[str],
        limits: Limits,
        *,
        private: frozenset[int] = frozenset(),
        seen: dict[str, tuple[int, ...]] | None = None,
        program: Program | None = None,
    ) -> None:
        """`private` are the inodes of files that the harness placed, which are nobody's artifacts; nor is that of `program`.

        `seen` remembers what was collected, for those who walk again: what did not change since is left out.
        """
        self.dropped = 0
        self._seen = seen
        self._program = program
        self._globs = Globs(patterns)
        self._patterns = patterns
        self._private = private
        self._file_bytes = limits.file_mb * MIB
        self._bytes_left = limits.disk_mb * MIB
        self._files_left = _FILES_MAX

    def chunks(self) -> Iterator[bytes]:
        """The archive; no chunk at all if no file matches. Iterate with the guest's effective ids."""
        batch = bytearray()
        any_file = False
        with _Root() as root:
            for folder, name, path in self._matches(root, "", self._globs.start, 0):
                for piece in self._file(folder, name, path):
                    any_file = True
                    batch += piece
                    if len(batch) >= _CHUNK_BYTES:
                        yield bytes(batch)
                        batch.clear()
        if any_file:
            yield bytes(batch + END)

    def sizes(self) -> Iterator[tuple[str, int]]:
        """Path and size of each file that matches, in order, however large. As for `chunks`."""
        self._file_bytes = self._bytes_left = sys.maxsize
        with _Root() as root:
            for folder, name, path in self._matches(root, "", self._globs.start, 0):
                yield path, os.stat(name, dir_fd=folder, follow_symlinks=False).st_size

    def _matches(self, folder: int, prefix: str, state: State, depth: int) -> Iterator[tuple[int, str, str]]:
        """(open folder, name, path) of each regular file that matches."""
        for name in self._names(folder, state):
            after = self._globs.step(state, name)
            if not after or (depth == 0 and name in _OWN_FOLDERS):
                continue
            try:
                status = os.stat(name, dir_fd=folder, follow_symlinks=False)
                is_folder = stat.S_ISDIR(status.st_mode)
                below = os.open(name, _FOLDER, dir_fd=folder) if is_folder and depth < _DEPTH_MAX else -1
            except OSError:
                self.dropped += 1
                continue
            if below >= 0:
                try:
                    yield from self._matches(below, f"{prefix}{name}/", after, depth + 1)
                finally:
                    os.close(below)
            elif is_folder:
                self.dropped += 1
            elif self._globs.accepts(after) and status.st_ino not in self._private and self._is_new(prefix + name, status):
                if self._is_program(folder, prefix + name, status):
                    continue
                if stat.S_ISREG(status.st_mode) and self._fits(prefix + name, status.st_size):
                    yield folder, name, prefix + name
                else:
                    self.dropped += 1
            elif self._is_asked_for_as_folder(prefix + name) and self._is_new(prefix + name, status):
                self.dropped += 1

    def _is_asked_for_as_folder(self, path: str) -> bool:
        """Whether files below a path are asked for by its name, so that its being a link or a file loses them."""
        return any(pattern.startswith(f"{path}/") for pattern in self._patterns)

    def _is_program(self, folder: int, path: str, status: os.stat_result) -> bool:
        if self._program is None or not stat.S_ISREG(status.st_mode):
            return False
        try:
            return self._program.lies_in(folder, path, status.st_size)
        except OSError:
            return False

    def _is_new(self, path: str, status: os.stat_result) -> bool:
        if self._seen is None:
            return True
        # The guest can set all times but that of the change.
        now = (status.st_ino, status.st_ctime_ns, status.st_size)
        before = self._seen.get(path)
        self._seen[path] = now
        return before != now

    def _names(self, folder: int, state: State) -> list[str]:
        """The names in a folder, in order."""
        with os.scandir(folder) as entries:
            names = sorted(entry.name for entry in islice(entries, _NAMES_MAX))
            for entry in entries:
                if self._globs.accepts(self._globs.step(state, entry.name)):
                    self.dropped += 1
        return names

    def _fits(self, path: str, size: int) -> bool:
        return (
            size <= min(self._file_bytes, self._bytes_left)
            and self._files_left > 0
            and len(path) <= _PATH_MAX
            and _is_sound(path)
        )

    def _file(self, folder: int, name: str, path: str) -> Iterator[bytes]:
        try:
            fd = os.open(name, _FILE, dir_fd=folder)
        except OSError:
            self.dropped += 1
            return
        try:
            status = os.fstat(fd)
            left = status.st_size
            self._files_left -= 1
            self._bytes_left -= left
            yield file_header(path, left, int(status.st_mtime))
            while left:
                chunk = os.read(fd, min(left, _CHUNK_BYTES))
                if not chunk:
                    raise OSError(f"A file became {left} bytes shorter, although nothing should be able to change it.")
                left -= len(chunk)
                yield chunk
            yield bytes(padding(status.st_size))
        finally:
            os.close(fd)


class _Root:
    """Within `with _Root() as root:` the workspace is open."""

    def __enter__(self) -> int:
        # The workspace belongs to the guest, which may have removed its own access.
        os.chmod(WORKSPACE, 0o700)
        self._fd = os.open(WORKSPACE, _FOLDER)
        return self._fd

    def __exit__(self, *_: object) -> None:
        os.close(self._fd)


def _is_sound(path: str) -> bool:
    try:
        path.encode()
    except UnicodeEncodeError:
        return False
    return _BAD_CHARACTERS.isdisjoint(path)


def list_files(patterns: list[str], limits: Limits) -> list[dict[str, object]]:
    """Path and size of each file that matches, in order. To be called with the guest's effective ids."""
    collector = Collector(patterns, limits)
    return [{"path": path, "bytes": size} for path, size in collector.sizes()]
