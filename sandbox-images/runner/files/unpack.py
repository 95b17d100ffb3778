"""Places the job's files: a tar reader that works as bytes arrive, and reads only what the engine writes."""

from __future__ import annotations

import os
import stat

from runner.files.tarball import BLOCK, padding
from runner.support.identity import WORKSPACE
from runner.support.suppress import suppress

#: Every workspace begins with it: what `collect` names if a request does not say.
OUTPUT_FOLDER = "output"
#: Longest extended header: a path and its frame.
_PAX_MAX = 16_384
_FOLDER = os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW | os.O_CLOEXEC
_WRITE = os.O_WRONLY | os.O_NONBLOCK | os.O_NOFOLLOW | os.O_CLOEXEC
#: The record of an entry that goes on where the one before it ended (continuesRecord in src/cells/protocol/frame-codec.ts).
_CONTINUES = b"HOTCELL.continues"


class UnpackError(ValueError):
    """The archive is not what the engine writes."""


class Unpacker:
    """Writes regular files and folders of a ustar or pax archive under /workspace.

    Call it with the guest's effective ids. In a session a guest has run: what it left there may be a trap, so nothing is
    reached through a link, and nothing is waited for.
    """

    def __init__(self) -> None:
        self._buffer = bytearray()
        self._file = -1
        self._left = 0
        self._padding = 0
        self._skip = 0
        self._long_path: str | None = None
        self._continues = False
        self._ended = False

    def feed(self, chunk: bytes) -> None:
        """Takes the next bytes. Raises OSError if the disk is full and ValueError for unexpected content."""
        self._buffer += chunk
        while not self._ended and self._advance():
            pass

    def finish(self) -> None:
        """Call this when all bytes have arrived."""
        if self._file >= 0 or self._skip or (self._buffer and not self._ended):
            raise UnpackError("the archive is cut short.")

    def _advance(self) -> bool:
        """Does the next thing that the buffer has bytes for; whether it had."""
        buffer = self._buffer
        if self._file >= 0:
            return self._write_content()
        if self._skip:
            skipped = min(self._skip, len(buffer))
            del buffer[:skipped]
            self._skip -= skipped
            return skipped > 0
        if len(buffer) < BLOCK:
            return False
        header = bytes(buffer[:BLOCK])
        if not any(header):
            self._ended = True
            return False
        size = int(header[124:136].strip(b"\0 ") or b"0", 8)
        if header[156:157] == b"x":
            return self._extended_header(size)
        del buffer[:BLOCK]
        self._open(header, size)
        return True

    def _open(self, header: bytes, size: int) -> None:
        path, self._long_path = self._long_path or _short_path(header), None
        parts = path.rstrip("/").split("/")
        if any(part in ("", ".", "..") for part in parts):
            raise UnpackError(f"{path!r} is not a path under /workspace.")
        kind = header[156:157]
        start, self._continues = os.O_APPEND if self._continues else os.O_CREAT | os.O_TRUNC, False
        if kind == b"5":
            os.close(_open_folder(parts))
        elif kind in (b"0", b"\0"):
            mode = int(header[100:108].strip(b"\0 ") or b"644", 8) & 0o777 | 0o600
            folder = _open_folder(parts[:-1])
            try:
                if parts == [OUTPUT_FOLDER]:
                    # As a file, it takes the place of the empty folder that was made for it.
                    with suppress(OSError):
                        os.rmdir(OUTPUT_FOLDER, dir_fd=folder)
                self._file = os.open(parts[-1], _WRITE | start, mode, dir_fd=folder)
            finally:
                os.close(folder)
            if not stat.S_ISREG(os.fstat(self._file).st_mode):
                raise UnpackError(f"{path!r} exists and is not a file.")
            self._left = size
            self._padding = padding(size)
        else:
            raise UnpackError(f"{path!r} is neither a file nor a folder.")

    def _write_content(self) -> bool:
        part = self._buffer[: self._left]
        if not part and self._left:
            return False
        written = os.write(self._file, part) if part else 0
        del self._buffer[:written]
        self._left -= written
        if not self._left:
            self._skip = self._padding
            os.close(self._file)
            self._file = -1
        return True

    def _extended_header(self, size: int) -> bool:
        if size > _PAX_MAX:
            raise UnpackError("an extended header is too long.")
        end = BLOCK + size
        if len(self._buffer) < end + padding(size):
            return False
        records = bytes(self._buffer[BLOCK:end])
        del self._buffer[: end + padding(size)]
        while records:
            length = int(records.split(b" ", 1)[0])
            key, _, value = records[:length].split(b" ", 1)[1].rstrip(b"\n").partition(b"=")
            if key == b"path":
                self._long_path = value.decode()
            elif key == _CONTINUES:
                self._continues = True
            records = records[length:]
        return True


def _open_folder(parts: list[str]) -> int:
    """Opens a folder under /workspace; what is missing is made."""
    folder = os.open(WORKSPACE, _FOLDER)
    for part in parts:
        above = folder
        try:
            try:
                folder = os.open(part, _FOLDER, dir_fd=above)
            except FileNotFoundError:
                os.mkdir(part, dir_fd=above)
                folder = os.open(part, _FOLDER, dir_fd=above)
        finally:
            os.close(above)
    return folder


def _short_path(header: bytes) -> str:
    name, prefix = header[:100].split(b"\0", 1)[0], header[345:500].split(b"\0", 1)[0]
    return (prefix + b"/" + name if prefix else name).decode()
