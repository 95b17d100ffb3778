"""Displays of a guest in WebAssembly: functions of the realm take them, which guest.py hands over at the start."""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterable


class _Host:
    """Takes a question, a subject and a text; returns '' or what is wrong."""

    ask: Callable[[str, str, str], str]


def connect(ask: Callable[[str, str, str], str]) -> None:
    """Call this before the first display."""
    _Host.ask = staticmethod(ask)


def show(forms: Iterable[tuple[str, bytes]]) -> None:
    """Shows one thing in several forms, each a media type and its content. The result counts those that are refused."""
    question = "show-bytes"
    for media_type, content in forms:
        _Host.ask(question, media_type, content.decode("latin-1"))
        question = "show-too"


def send_progress(fraction: float, text: str) -> None:
    """Reports the job's progress."""
    _Host.ask("progress", str(fraction), text)
