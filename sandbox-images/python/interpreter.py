"""Makes an interpreter that is there already look and end like one that was started for the guest's program.

In a container that is a fork of the runner's; in WebAssembly, the one of a memory snapshot (`wasm/guest.py`).
"""

from __future__ import annotations

import atexit
import builtins
import gc
import io
import os
import sys
from types import ModuleType

from python import lines
from runner.support.identity import WORKSPACE

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Sequence, Set
    from types import FrameType
    from typing import NoReturn

_OWN_PACKAGES = frozenset({"runner", "python", "python_data", "tenant"})


def complete() -> Sequence[str]:
    """In the runner, before any job: the steps of the start that `-S` leaves out and the guest's programs expect.

    Returns the runner's own modules, which the guest's module table must not contain. All are loaded by now; a search for
    them in the guest would write to each module's name, and so copy the page around it.
    """
    import site

    site.setquit()
    site.setcopyright()
    site.sethelper()
    site.addsitepackages(set())
    return _modules_of(_OWN_PACKAGES)


def start(own_modules: Sequence[str]) -> None:
    """In the guest: a fresh `__main__` with streams, arguments and module table of its own."""
    open_streams()
    sys.argv = ["main.py"]
    sys.orig_argv = ["python3", "main.py"]
    sys.path[0] = WORKSPACE
    _hide(own_modules)
    main = ModuleType("__main__")
    vars(main).update(__file__=f"{WORKSPACE}/main.py", __builtins__=builtins)
    sys.modules["__main__"] = main


def open_streams() -> None:
    """The three streams of a program. They write through, so that no output is lost, however the process ends."""
    streams = {
        "stdin": open_stdin(),
        "stdout": io.TextIOWrapper(_descriptor(1, "w"), "utf-8", "surrogateescape", write_through=True),
        "stderr": io.TextIOWrapper(_descriptor(2, "w"), "utf-8", "backslashreplace", write_through=True),
    }
    vars(sys).update(streams, **{f"__{name}__": stream for name, stream in streams.items()})


def open_stdin() -> io.TextIOWrapper:
    return io.TextIOWrapper(io.BufferedReader(_descriptor(0, "r")), "utf-8", "surrogateescape")


def make_way() -> None:
    """In the guest, once its files are there: warm modules give way to those that a cold interpreter would find first.

    `__main__` stays: it is the program's own module, whatever files there are.
    """
    files = {name.removesuffix(".py") for name in os.listdir(WORKSPACE) if not name.startswith(".")}
    if not files.isdisjoint(sys.stdlib_module_names):
        lines.load_traceback()
    found = {name for name in files if name in sys.modules and name != "__main__"}
    if found:
        builtin = ("built-in", "frozen")
        _hide(_modules_of({name for name in found if getattr(sys.modules[name].__spec__, "origin", None) not in builtin}))


class Interrupt:
    """Raises KeyboardInterrupt for SIGINT, while a program runs and not a moment longer."""

    def __init__(self) -> None:
        self.armed = False

    def __call__(self, _number: int, _frame: FrameType | None) -> None:
        if self.armed:
            raise KeyboardInterrupt


def end(main: ModuleType, *first: Callable[[], object]) -> None:
    """Ends the program as an interpreter does: first the given steps, then exit functions, then files are flushed."""
    for step in (*first, atexit._run_exitfuncs, lambda: _let_go(main)):
        try:
            step()
        except BaseException as error:
            sys.excepthook(type(error), error, error.__traceback__)


def finish(main: ModuleType, code: int) -> NoReturn:
    """Ends the process with the program, after its threads."""
    join_threads = getattr(sys.modules.get("threading"), "_shutdown", None)
    end(main, *([join_threads] if join_threads else []))
    os._exit(code)


def _descriptor(fd: int, mode: str) -> io.FileIO:
    return io.FileIO(fd, mode, closefd=False)


def _modules_of(packages: Set[str]) -> Sequence[str]:
    return [name for name in sys.modules if name.partition(".")[0] in packages]


def _hide(modules: Sequence[str]) -> None:
    for name in modules:
        del sys.modules[name]


def _let_go(main: ModuleType) -> None:
    """Drops the program's objects, so that destructors run, and flushes files that are open even then."""
    vars(main).clear()
    gc.collect()
    for each in gc.get_objects():
        if type(each) in (io.TextIOWrapper, io.BufferedWriter, io.BufferedRandom) and not each.closed:
            each.flush()
