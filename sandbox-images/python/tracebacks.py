"""Reports an uncaught exception as Python does, with only the frames of the guest's program."""

from __future__ import annotations

import _imp
import os
import sys

from python import lines

TYPE_CHECKING = False
if TYPE_CHECKING:
    from types import CodeType

#: The file name of the program's code, or in a session its prefix, because each job has another file.
_FILE = "main.py"
#: The folder of hotcell's own code.
_OWN_FILES = "/opt/hotcell/"
#: Python's name for the code of its own import.
_HIDDEN = "<frozen importlib._bootstrap>"
#: The first frames of a stack that is shown without its lines.
_PLAIN_FRAMES_MAX = 100


def file_name(call: int) -> str:
    """The name of the program's code, in the call of a session that has this number; 0 is not a session."""
    return f"{_FILE}[{call}]" if call else _FILE


def hide_frames() -> None:
    """Gives the functions that run now, below the program's, the file name of Python's own import.

    Warnings skip frames of that name when they look for a line of the program, and no list of frames shows a file of
    hotcell's. Call it in the guest, because it cannot be undone.
    """
    frame = sys._getframe()
    while frame:
        hide(frame.f_code)
        frame = frame.f_back


def hide(code: CodeType) -> None:
    """The same for one function that will run below the program's."""
    _imp._fix_co_filename(code, _HIDDEN)


def show(error: BaseException, file: str) -> tuple[str, str, str, int]:
    """Prints the traceback to stderr; name, message, stack and line in `file` of the exception; 0 if no line is known."""
    _cut_to_program(error)
    line = _line(error, file)
    name = type(error).__name__
    try:
        stack = "".join(lines.load_traceback().format_exception(error))
    except BaseException:
        stack = _without_lines(error)
    if sys.excepthook is sys.__excepthook__:
        _print(stack)
    else:
        _call_hook(error, stack)
    return name, _message(error) or _message_by_line(name, file, line), stack, line


def exit_code(exit: SystemExit) -> int:
    """The exit code of `sys.exit(argument)`; any argument except a number is printed, as Python does."""
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
        text = str(error)
        return text if text.strip() else ""
    except BaseException:
        return "<the exception has no readable text>"


def _message_by_line(name: str, file: str, line: int) -> str:
    """For an exception without a message, such as that of a bare `assert`."""
    try:
        text = lines.load_traceback().linecache.getline(file, line).strip() if line else ""
    except BaseException:
        text = ""
    return f"{name} in line {line}: {text}" if text else f"{name} without a message"


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
