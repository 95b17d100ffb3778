"""The command `hotcell`: displays from a shell or from any program that can start another.

    hotcell display FILE [MEDIATYPE]    shows a file; `-` is stdin. Without a media type, name and content tell it
    hotcell progress FRACTION [TEXT]    says how far the job is, from 0 to 1

Exit codes: 0 it was passed on, 1 it was not (stderr says why), 2 the command was not understood.
"""

from __future__ import annotations

import math
import sys

from runner.tools import display_client

_USAGE = "usage: hotcell display FILE|- [MEDIATYPE]\n       hotcell progress FRACTION [TEXT]\n"


def main(arguments: list[str]) -> int:
    """Runs the command; its exit code."""
    if arguments in (["--help"], ["-h"]):
        sys.stdout.write(_USAGE)
        return 0
    try:
        match arguments:
            case ["display", path, *rest] if len(rest) <= 1:
                return _display(path, rest[0] if rest else "")
            case ["progress", number, *words]:
                return _progress(number, " ".join(words))
    except OSError as error:
        sys.stderr.write(f"hotcell {arguments[0]}: {error}\n")
        return 1
    sys.stderr.write(_USAGE)
    return 2


def _display(path: str, media_type: str) -> int:
    if path == "-":
        content = sys.stdin.buffer.read()
    else:
        with open(path, "rb") as file:
            content = file.read()
        media_type = media_type or _type_of(path)
    display_client.show([(media_type, content)])
    return 0


def _type_of(path: str) -> str:
    # Imported late, because a given media type needs no table.
    import mimetypes

    return mimetypes.guess_type(path)[0] or ""


def _progress(number: str, text: str) -> int:
    try:
        fraction = float(number)
    except ValueError:
        fraction = math.nan
    if math.isnan(fraction):
        sys.stderr.write(f"hotcell progress: {number!r} is not a number from 0 to 1.\n")
        return 2
    display_client.send_progress(fraction, text)
    return 0
