"""Tells of an uncaught exception as Python does, with the frames of the guest's program alone."""

from __future__ import annotations

import os
import sys

from python import lines

#: What the program's code is called, or begins with in a session: it is another file in each job.
_FILE = "main.py"
#: Where our own code lies.
_OWN_FILES = "/opt/hotcell/"
#: The first frames of a stack that is shown without its lines.
_PLAIN_FRAMES_MAX = 100


def file_name(call: int) -> str:
    """What the program's code is called, in the call of a session that has this number; 0 is no session."""
    return f"{_FILE}[{call}]" if call else _FILE


def show(error: BaseException, file: str) -> tuple[str, str, str, int]:
    """Prints the traceback to stderr; name, message, stack and line in `file` (0 where there is none) of the exception."""
    _cut_to_program(error)
    line = _line(error, file)
    try:
        stack = "".join(lines.load_traceback().format_exception(error))
    except BaseException:
        stack = _without_lines(error)
    if sys.excepthook is sys.__excepthook__:
        _print(stack)
    else:
        _call_hook(error, stack)
    return type(error).__name__, _message(error), stack, line


def exit_code(exit: SystemExit) -> int:
    """The exit code of `sys.exit(argument)`; an argument that is no number is printed, as Python does."""
    code = exit.code
    if code is None:
        return 0
    if isinstance(code, int):
        return code & 0xFF
    _print(f"{code}\n")
    return 1


def _cut_to_program(error: BaseException) -> None:
    """Takes away the frames above the program's first, the harness's and the event loop's, and those of `tools`."""
    trace = error.__traceback__
    while trace is not None and not trace.tb_frame.f_code.co_filename.startswith(_FILE):
        trace = trace.tb_next
    error.__traceback__ = trace
    while trace is not None:
        while (after := trace.tb_next) is not None and after.tb_frame.f_code.co_filename.startswith(_OWN_FILES):
            trace.tb_next = after.tb_next
        trace = trace.tb_next


def _line(error: BaseException, file: str) -> int:
    if isinstance(error, SyntaxError) and error.filename == file:
        return error.lineno or 0
    line, trace = 0, error.__traceback__
    while trace is not None:
        if trace.tb_frame.f_code.co_filename == file:
            line = trace.tb_lineno or 0
        trace = trace.tb_next
    return line


def _without_lines(error: BaseException) -> str:
    """Tells of it with no module and no file: a program may have used up its descriptors."""
    text = "Traceback (most recent call last):\n"
    trace = error.__traceback__
    for _ in range(_PLAIN_FRAMES_MAX):
        if trace is None:
            break
        code = trace.tb_frame.f_code
        text += f'  File "{code.co_filename}", line {trace.tb_lineno}, in {code.co_name}\n'
        trace = trace.tb_next
    return f"{text}{type(error).__name__}: {_message(error)}\n"


def _message(error: BaseException) -> str:
    try:
        return str(error)
    except BaseException:
        return "<the exception has no readable text>"


def _call_hook(error: BaseException, stack: str) -> None:
    try:
        sys.excepthook(type(error), error, error.__traceback__)
    except BaseException:
        _print(stack)


def _print(text: str) -> None:
    try:
        sys.stderr.write(text)
        sys.stderr.flush()
    except BaseException:
        # The program closed or replaced the stream; the descriptor may still be there.
        try:
            os.write(2, text.encode(errors="backslashreplace"))
        except OSError:
            return
