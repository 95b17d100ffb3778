"""The program as a file, if it looks for one: `open(__file__)`, or a new interpreter that imports its functions.

Most programs do not, and find no additional file in their folder. The runner leaves it out of the artifacts
(runner/files/artifacts.py).
"""

from __future__ import annotations

import os

from python import imports
from runner.support.suppress import suppress

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Final

#: With these words a program asks for its file.
_WORDS: Final = ("__file__", "main.py", "argv")
#: Modules that start an interpreter which imports the program: multiprocessing's two, and joblib's.
_STARTERS: Final = (
    "multiprocessing.popen_spawn_posix",
    "multiprocessing.popen_forkserver",
    "joblib.externals.loky.backend.popen_loky_posix",
)


class ProgramFile:
    """The file of one program, or of the programs of a session, each in the place of the one before."""

    def __init__(self, path: str) -> None:
        self.path = path
        self._written: bytes | None = None

    def offer(self, source: str) -> None:
        """Writes it if the program names it; and later, if the program starts an interpreter that will look for it."""
        if any(word in source for word in _WORDS):
            self._write(source)
        for name in _STARTERS:
            imports.watch(name, lambda _: self._write(source))

    def _write(self, source: str) -> None:
        content = source.encode("utf-8", "surrogatepass")
        with suppress(FileNotFoundError):
            if self._is_own():
                os.unlink(self.path)
        # A file that something else put there stays.
        with suppress(OSError):
            fd = os.open(self.path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW | os.O_CLOEXEC, 0o644)
            with open(fd, "wb") as file:
                file.write(content)
            self._written = content

    def _is_own(self) -> bool:
        """Whether the file there is that of an earlier program, as it was written."""
        if self._written is None:
            return False
        with open(self.path, "rb") as file:
            return file.read(len(self._written) + 1) == self._written
