"""Lets something be done to a module when the program imports it. Most programs never do, and pay next to nothing."""

from __future__ import annotations

import sys

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from importlib.abc import Loader
    from importlib.machinery import ModuleSpec
    from types import ModuleType
    from typing import TypeAlias

    Act: TypeAlias = Callable[[ModuleType], None]


def watch(name: str, act: Act) -> None:
    """Calls `act` with the module: now, or once it is imported. The latest `act` for a name replaces the one before."""
    module = sys.modules.get(name)
    if module is not None:
        act(module)
        return
    _WATCHER.acts[name] = act
    if _WATCHER not in sys.meta_path:
        sys.meta_path.insert(0, _WATCHER)


class _Watcher:
    """A finder that sees some imports by."""

    def __init__(self) -> None:
        self.acts: dict[str, Act] = {}

    def find_spec(self, name: str, path: object = None, target: object = None) -> ModuleSpec | None:
        act = self.acts.pop(name, None)
        if act is None:
            return None
        specs = (finder.find_spec(name, path, target) for finder in tuple(sys.meta_path) if finder is not self)
        spec = next(filter(None, specs), None)
        if spec and spec.loader:
            spec.loader = _ActingLoader(spec.loader, act)
        return spec


_WATCHER = _Watcher()


class _ActingLoader:
    """Stands for a module's own loader until the module is executed: some loaders have many modules."""

    def __init__(self, loader: Loader, act: Act) -> None:
        self._loader = loader
        self._act = act

    def create_module(self, spec: ModuleSpec) -> ModuleType | None:
        return self._loader.create_module(spec)

    def exec_module(self, module: ModuleType) -> None:
        module.__loader__ = self._loader
        if module.__spec__:
            module.__spec__.loader = self._loader
        self._loader.exec_module(module)
        self._act(module)
