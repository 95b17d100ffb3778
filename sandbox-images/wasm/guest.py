"""Python guests in WebAssembly: repeats the steps of a new interpreter's start and end, for one program.

`complete` runs once, before the memory snapshot that all guests start from; `prepare` in each guest, before its job arrives;
`run` when it has arrived. In a session `run_next` takes the place of `run`, once for each of its jobs.
"""

from __future__ import annotations

import asyncio
import builtins
import contextlib
import gc
import importlib
import json
import os
import random
import sys
import time
from types import ModuleType, SimpleNamespace

from python import awaiting, imports, interpreter, network, program, session
from python.reply import Reply
from python.sources import Sources
from python.tool_lines import TOOL_CALLS
from runner.protocol import answers
from runner.support.identity import WORKSPACE
from runner.tools import display_client

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from importlib.machinery import ModuleSpec
    from typing import Any

    from python.network import Drop, Receive, Request
    from python.tool_lines import Call, Take

#: The modules that programs import most: they are in the snapshot, because otherwise every guest would compile them.
_IDLE_MODULES = (
    *("math", "datetime", "typing", "string", "heapq", "bisect", "copy", "threading", "dataclasses", "decimal"),
    *("statistics", "pathlib", "collections", "itertools", "functools", "re", "base64", "hashlib", "csv", "uuid"),
    *("fractions", "enum", "abc", "contextlib", "operator", "textwrap", "shutil", "tempfile", "logging", "urllib.parse"),
    *("http.client", "urllib.request"),
    *("traceback", "unittest", "secrets", "zlib", "zipfile", "inspect", "queue", "select", "pickle", "argparse", "glob"),
)
#: Modules that lead to the realm around the interpreter, and hotcell's own.
_HIDDEN = frozenset({"js", "pyodide_js", "pyodide", "_pyodide", "_pyodide_core", "python", "runner", "guest"})


class _Refusal:
    """A finder that knows of no hidden module. It is for order, not a boundary: that is the isolate's."""

    @staticmethod
    def find_spec(name: str, path: object = None, target: object = None) -> ModuleSpec | None:
        if name.partition(".")[0] in _HIDDEN:
            raise ModuleNotFoundError(f"No module named {name!r}", name=name)
        return None


#: The program's module and its sources, once a job of a session has arrived.
_SESSION: list[tuple[ModuleType, Sources]] = []

# So that tracebacks leave it out, as they do Python's own finders.
_refuse = _Refusal.find_spec
_refuse.__code__ = _refuse.__code__.replace(co_filename="<frozen importlib._bootstrap>")


def complete() -> None:
    """Before the snapshot: loads modules that programs need, and excludes them from garbage collection."""
    for name in _IDLE_MODULES:
        importlib.import_module(name)
    # Replaces Pyodide's functions, which leave all waiting to a web page.
    asyncio.run = asyncio.run.__wrapped__
    time.sleep = time.sleep.__wrapped__
    asyncio.events._event_loop_policy = awaiting.Policy()
    program.rehearse()
    gc.collect()
    gc.freeze()


def prepare(
    sleep: Callable[[float], bool],
    ask: Callable[[str, str, str], str],
    call: Call,
    take: Take,
    request: Request,
    receive: Receive,
    drop: Drop,
) -> None:
    """In a guest before its job: closes the program's ways to the realm, and gives each guest other random numbers."""
    TOOL_CALLS.open(call, take)
    network.REQUESTS.open(request, receive, drop)
    time.sleep = _sleeper(sleep, time.sleep)
    display_client.connect(ask)
    os.makedirs(WORKSPACE, exist_ok=True)
    os.makedirs("/tmp", exist_ok=True)
    os.chdir(WORKSPACE)
    random.seed()
    imports.watch("zoneinfo._common", _explain_zones)
    # Pyodide's own loop is always running, as far as asyncio knows.
    asyncio._set_running_loop(None)
    sys.excepthook = sys.__excepthook__
    sys.meta_path[:] = [_Refusal(), *(each for each in sys.meta_path if _is_own(each))]
    sys.path[:] = [WORKSPACE, *(each for each in sys.path if each not in ("", "/opt/hotcell", WORKSPACE))]
    sys.argv = ["main.py"]
    sys.orig_argv = ["python3", "main.py"]
    for name in [name for name in sys.modules if name.partition(".")[0] in _HIDDEN]:
        del sys.modules[name]
    main = sys.modules["__main__"] = ModuleType("__main__")
    vars(main).update(__file__=f"{WORKSPACE}/main.py", __builtins__=builtins)


def run(text: str) -> str:
    """Runs the program of a job, which comes as JSON; what `_judge` says of its end."""
    given = json.loads(text)
    _start(given)
    main = sys.modules["__main__"]
    reply = Reply()
    code = program.run(_job(given), main, reply, Sources(main))
    interpreter.end(main)
    return _judge(reply, code)


def run_next(text: str) -> str:
    """The same for a job of a session: it begins where the one before it left off, and leaves all as it is."""
    given = json.loads(text)
    if _SESSION:
        os.environ.update(given["env"])
        sys.stdin = interpreter.open_stdin()
    else:
        _start(given)
        main = sys.modules["__main__"]
        _SESSION.append((main, Sources(main)))
    reply = Reply()
    main, sources = _SESSION[0]
    code = session.run_interruptibly(lambda: program.run(_job(given), main, reply, sources))
    return _judge(reply, code)


def _explain_zones(common: ModuleType) -> None:
    """Says what to do here without time zones; the interpreter's own message is for a page in a browser."""
    original = common.load_tzdata

    def load_tzdata(key: str) -> object:
        try:
            return original(key)
        except common.ZoneInfoNotFoundError:
            text = f"No time zone found with key {key}: Python in WebAssembly has none. Pass the wheel of tzdata in files."
            raise common.ZoneInfoNotFoundError(text) from None

    common.load_tzdata = load_tzdata


def _job(given: dict[str, Any]) -> SimpleNamespace:
    return SimpleNamespace(
        id=given["id"],
        code=given["source"],
        inputs=given["inputs"],
        env=given["env"],
        tools=given["tools"],
        call=given["call"],
        handler=given["mode"] == "handler",
        limits=SimpleNamespace(value_bytes=given["valueBytes"]),
    )


def _start(given: dict[str, Any]) -> None:
    if given["network"]:
        network.install()
    os.environ.clear()
    os.environ.update({"HOME": WORKSPACE, "LANG": "C.UTF-8", "PATH": "/usr/bin:/bin", "TMPDIR": "/tmp"} | given["env"])
    interpreter.open_streams()
    interpreter.make_way()
    # A job may have brought a file by that name.
    with contextlib.suppress(FileExistsError):
        os.mkdir(f"{WORKSPACE}/output")
    # A wheel without native code needs no installation: modules are imported from the file itself.
    sys.path += [f"{WORKSPACE}/{name}" for name in sorted(os.listdir(WORKSPACE)) if name.endswith(".whl")]


def _judge(reply: Reply, code: int) -> str:
    """End, exit code, kind of value, then name, line, message and stack of an error, then the value; between them NULs.

    Not as JSON: the program may have changed that module.
    """
    end, wanted = answers.ENDS.get(reply.tag, ("exited", code))
    if code != wanted:
        end = "exited"
    kind = {answers.JSON: "json", answers.REPR: "repr"}.get(reply.tag, "") if end == "completed" else ""
    error = reply.error if reply.error and end != "exited" else {}
    if error.get("name") == "MemoryError":
        end = "memory"
    texts = [str(error.get(key, "")).replace("\0", " ") for key in ("name", "line", "message", "stack")]
    return "\0".join([end, str(code), kind, *texts, reply.payload.decode("utf-8", "replace")])


def _sleeper(sleep: Callable[[float], bool], original: Callable[[float], None]) -> Callable[[float], None]:
    """`time.sleep` that uses no processor time; the original is a loop that reads the clock."""
    now = time.monotonic

    def hotcell_sleep(seconds: float, /) -> None:
        if not seconds > 0:
            return original(seconds)
        end = now() + seconds
        # Interrupted, it asks again until the interpreter has taken note, which it does after some instructions more.
        while sleep((end - now()) * 1000):
            pass

    return hotcell_sleep


def _is_own(finder: object) -> bool:
    kind = finder if isinstance(finder, type) else type(finder)
    return kind.__module__.partition(".")[0] not in _HIDDEN
