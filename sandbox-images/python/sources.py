"""Provides the source of a program as lines, as a file, and as the source of a class."""

from __future__ import annotations

from python import lines
from python.class_files import ClassFiles
from python.program_file import ProgramFile

TYPE_CHECKING = False
if TYPE_CHECKING:
    from types import ModuleType


class Sources:
    """The source of the one program of a module `__main__`, or of the programs of a session."""

    def __init__(self, main: ModuleType) -> None:
        self._path: str = vars(main)["__file__"]
        self._program_file = ProgramFile(self._path)
        self._class_files = ClassFiles()

    def keep(self, file: str, source: str, *, is_session: bool) -> None:
        """Sets the program that runs next. `file` is the name of its code."""
        lines.keep((file, self._path), source)
        self._program_file.offer(source)
        if is_session:
            self._class_files.add(file, source)
