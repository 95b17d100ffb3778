"""The program's lines, for whoever shows them: tracebacks, warnings, `inspect`. The program lies in no file."""

from __future__ import annotations

import sys

TYPE_CHECKING = False
if TYPE_CHECKING:
    from importlib.machinery import ModuleSpec
    from types import ModuleType

#: Where the standard library lies, and nothing of the program's.
_PATH = sys.path.copy()


class _Late:
    """What most programs do not need."""

    traceback: ModuleType | None = None


def load_traceback() -> ModuleType:
    """Python's `traceback`. Early where the program brings files that could be taken for what that imports."""
    if _Late.traceback is None:
        path, sys.path = sys.path, _PATH
        try:
            import traceback
        finally:
            sys.path = path
        _Late.traceback = traceback
    return _Late.traceback


def keep(file: str, source: str) -> None:
    """Gives `linecache` the program's lines: now, or when somebody imports it, which most programs never do."""
    loaded = getattr(_Late.traceback, "linecache", None) or sys.modules.get("linecache")
    if loaded:
        _give(loaded, file, source)
    else:
        sys.meta_path.insert(0, _Keeper(file, source))


def _give(linecache: ModuleType, file: str, source: str) -> None:
    cache = getattr(linecache, "cache", None)
    # Else it is the program's own, by that name.
    if isinstance(cache, dict):
        cache[file] = (len(source), None, source.splitlines(keepends=True), file)


class _Keeper:
    """A finder that sees the import of `linecache` by."""

    def __init__(self, file: str, source: str) -> None:
        self._kept = (file, source)

    def find_spec(self, name: str, path: object = None, target: object = None) -> ModuleSpec | None:
        if name != "linecache":
            return None
        sys.meta_path.remove(self)
        specs = (finder.find_spec(name, path, target) for finder in tuple(sys.meta_path))
        spec = next(filter(None, specs), None)
        if spec and spec.loader:
            execute = spec.loader.exec_module

            def execute_and_give(module: ModuleType) -> None:
                execute(module)
                _give(module, *self._kept)

            spec.loader.exec_module = execute_and_give
        return spec
