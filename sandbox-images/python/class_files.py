"""Finds the call of a session that defined a class. Python knows the line where a class begins, but not in which file."""

from __future__ import annotations

from python import imports

TYPE_CHECKING = False
if TYPE_CHECKING:
    from types import ModuleType


class ClassFiles:
    """The programs of a session, by the names of their files, for `inspect`."""

    def __init__(self) -> None:
        self._sources: list[tuple[str, list[str]]] = []

    def add(self, file: str, source: str) -> None:
        """Sets the next program."""
        self._sources.append((file, source.splitlines()))
        if len(self._sources) == 1:
            imports.watch("inspect", self._teach)

    def _teach(self, inspect: ModuleType) -> None:
        """Has `inspect` ask here first. A module of the program's own by that name has no such function."""
        original = getattr(inspect, "getfile", None)
        if original is None:
            return

        def getfile(object: object) -> str:
            """The file in which an object was defined."""
            return self._file_of(object) or original(object)

        inspect.getfile = getfile

    def _file_of(self, object: object) -> str | None:
        if not isinstance(object, type) or object.__module__ != "__main__":
            return None
        line = vars(object).get("__firstlineno__")
        if not isinstance(line, int):
            return None
        for file, lines in reversed(self._sources):
            if _begins_at(lines, line - 1, object.__name__):
                return file
        return None


def _begins_at(lines: list[str], index: int, name: str) -> bool:
    """Whether the class of this name begins with that line: its own, or that of its first decorator."""
    if not 0 <= index < len(lines):
        return False
    is_decorated = lines[index].lstrip().startswith("@")
    for line in lines[index:]:
        words = line.replace("(", " ").replace(":", " ").replace("[", " ").split()
        if words[:1] == ["class"]:
            return words[1:2] == [name]
        if not is_decorated or words[:1] in (["def"], ["async"]):
            return False
    return False
