"""Compiles and runs the guest's program, and answers with its value."""

from __future__ import annotations

from _ast import Assign, Expr, Module, Name, PyCF_ALLOW_TOP_LEVEL_AWAIT, PyCF_ONLY_AST, Store
from types import CodeType, ModuleType, SimpleNamespace

from python import awaiting, lines, toolbox, tracebacks, values
from python.displays import Displays
from python.reply import Reply
from python.sources import Sources
from runner.protocol import answers
from runner.support import lean_json

TYPE_CHECKING = False
if TYPE_CHECKING:
    from runner.protocol.job import Job

#: The global that the last expression is assigned to; no program can spell it.
_LAST = "<last expression>"
_CO_COROUTINE = 0x80


class _NoHandler(Exception):
    """The code of a handler job defines no handler."""


def run(job: Job, main: ModuleType, reply: Reply, sources: Sources) -> int:
    """Runs the program to its end and says what it answers; the exit code."""
    displays = Displays()
    displays.install(vars(main))
    try:
        value = _value(job, main, sources)
        if not job.handler:
            displays.show_last(value)
        if value is None and not job.handler:
            reply.say(answers.NOTHING)
        else:
            reply.say(*values.encode(value, job.limits.value_bytes))
        return 0
    except SystemExit as exit:
        return tracebacks.exit_code(exit)
    except _NoHandler as error:
        reply.say_error(answers.NO_ANSWER, "", str(error))
    except awaiting.Unsettled as error:
        reply.say_error(answers.UNSETTLED, "", str(error))
    except BaseException as error:
        reply.say_error(answers.THREW, *tracebacks.show(error, tracebacks.file_name(job.call)))
    finally:
        displays.finish()
    return 1


def rehearse() -> None:
    """Goes the way of a program once, with one that does nothing."""
    tracebacks.hide_frames()
    namespace = vars(ModuleType("__main__"))
    namespace.update(inputs=lean_json.loads("{}"), context=SimpleNamespace(id="", env={}))
    eval(_compile("value = [str(n) for n in range(2)]\nvalue", tracebacks.file_name(0), keep_last=True), namespace)
    value = namespace.pop(_LAST)
    values.encode(value, 64)
    displays = Displays()
    displays.show_last(value)
    displays.finish()
    lines.load_traceback()


def _value(job: Job, main: ModuleType, sources: Sources) -> object:
    namespace = vars(main)
    context = SimpleNamespace(id=job.id, env=dict(job.env))
    namespace.update(inputs=lean_json.loads(job.inputs), context=context)
    if job.tools:
        namespace.update(tools=toolbox.open_tools(job.tools), ToolError=toolbox.ToolError)
    file = tracebacks.file_name(job.call)
    sources.keep(file, job.code, is_session=bool(job.call))
    code = _compile(job.code, file, keep_last=not job.handler)
    tracebacks.hide_frames()
    pending = eval(code, namespace)
    if code.co_flags & _CO_COROUTINE:
        awaiting.settle(pending)
    if not job.handler:
        return namespace.pop(_LAST, None)
    handler = namespace.get("handler")
    if not callable(handler):
        raise _NoHandler("The code defines no function handler(inputs, context).")
    answer = handler(namespace["inputs"], context)
    return awaiting.settle(answer) if hasattr(answer, "__await__") else answer


def _compile(source: str, file: str, keep_last: bool) -> CodeType:
    """Compiles the program with top-level `await` allowed and its last expression kept."""
    flags = PyCF_ALLOW_TOP_LEVEL_AWAIT
    tree = compile(source, file, "exec", flags | PyCF_ONLY_AST, dont_inherit=True)
    assert isinstance(tree, Module)
    if keep_last and tree.body and isinstance(last := tree.body[-1], Expr):
        where = {name: getattr(last, name) for name in ("lineno", "col_offset", "end_lineno", "end_col_offset")}
        tree.body[-1] = Assign([Name(_LAST, Store(), **where)], last.value, **where)
    code = compile(tree, file, "exec", flags, dont_inherit=True)
    assert isinstance(code, CodeType)
    return code
