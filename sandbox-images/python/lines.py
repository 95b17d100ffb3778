"""The program's lines, for tracebacks, warnings and `inspect`. Most programs are not in a file."""

from __future__ import annotations

import sys

from python import imports

TYPE_CHECKING = False
if TYPE_CHECKING:
    from types import ModuleType

#: Folder of the standard library, without files of the program.
_PATH = sys.path.copy()


class _Late:
    """Parts that most programs do not need."""

    traceback: ModuleType | None = None


def load_traceback() -> ModuleType:
    """Python's `traceback`. Loaded early if the program has files with names of modules that `traceback` imports."""
    if _Late.traceback is None:
        path, sys.path = sys.path, _PATH
        try:
            import traceback
        finally:
            sys.path = path
        _Late.traceback = traceback
    return _Late.traceback


def keep(names: tuple[str, ...], source: str) -> None:
    """Gives `linecache` the program's lines by these names of its file: now, or when somebody imports it."""
    loaded = getattr(_Late.traceback, "linecache", None)
    if loaded:
        _give(loaded, names, source)
    else:
        imports.watch("linecache", lambda linecache: _give(linecache, names, source))


def _give(linecache: ModuleType, names: tuple[str, ...], source: str) -> None:
    cache = getattr(linecache, "cache", None)
    # Else it is the program's own, by that name.
    if isinstance(cache, dict):
        # As of a file, the last line has an end.
        kept = (source if source.endswith("\n") else f"{source}\n").splitlines(keepends=True)
        for name in names:
            cache[name] = (len(source), None, kept, name)
