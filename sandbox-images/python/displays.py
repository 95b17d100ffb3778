"""`display` and the module `hotcell` in the guest's program.

`display(value, …)` shows each value in its forms: the results of IPython's `_repr_*_` methods, figures of matplotlib as
PNG, tables as JSON and text, dicts and lists as JSON, anything else as text. Nothing is imported for that: a program
without a figure has no matplotlib either.
"""

from __future__ import annotations

import os
import sys
from types import ModuleType

from python import forms, imports
from python.progress import Progress
from runner.tools import display_client

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import MutableMapping
    from typing import Final

_PYPLOT: Final = "matplotlib.pyplot"
#: The module in which matplotlib keeps the open figures.
_FIGURES: Final = "matplotlib._pylab_helpers"


class Displays:
    """The displays of one program."""

    #: One for all programs of a session, so that the end of a later one also flushes functions that an earlier one imported.
    _progress: Final = Progress()

    def __init__(self) -> None:
        #: Figures that were shown already, by `id`; kept, so that no other gets its number.
        self._figures: dict[int, object] = {}

    def install(self, namespace: MutableMapping[str, object]) -> None:
        """Gives the program its functions, and `import hotcell`, unless it brings a module of that name."""
        module = ModuleType("hotcell", "Functions with which a program in a cell shows things to its caller.")
        vars(module).update(display=self.display, progress=self._progress.say)
        namespace.update(display=self.display, hotcell=module)
        if not any(os.path.exists(name) for name in ("hotcell.py", "hotcell")):
            sys.modules["hotcell"] = module
        imports.watch(_PYPLOT, self._take_over_show)

    def display(self, *values: object, media_type: str | None = None) -> None:
        """Shows each value; with `media_type` only in that form, which also gives bytes and text their type."""
        for value in values:
            if forms.is_figure(value):
                self._figures[id(value)] = value
            display_client.show(forms.forms_of(value, media_type))

    def show_last(self, value: object) -> None:
        """Shows the value of a script if it is more than JSON or a text."""
        if value is not None:
            self._attempt(value, only_rich=True)

    def finish(self) -> None:
        """Shows the open figures that were not shown, closes all, and sends progress that was held back."""
        self._progress.flush()
        self._show_figures()

    def _take_over_show(self, pyplot: ModuleType) -> None:
        """`plt.show()` shows the open figures and closes them, so that later code draws new ones."""

        def show(*_: object, **__: object) -> None:
            self._show_figures()

        pyplot.show = show

    def _show_figures(self) -> None:
        helpers = sys.modules.get(_FIGURES)
        if helpers is None:
            return
        try:
            figures = [manager.canvas.figure for manager in helpers.Gcf.get_all_fig_managers()]
            for figure in figures:
                if id(figure) not in self._figures:
                    self._attempt(figure)
            helpers.Gcf.destroy_all()
        except Exception as error:
            forms.complain("the open figures", error)

    def _attempt(self, value: object, *, only_rich: bool = False) -> None:
        """Shows something that the program did not ask to show, so a failure here is not a failure of the program."""
        try:
            if not only_rich or forms.is_rich(value):
                self.display(value)
        except Exception as error:
            forms.complain(f"a {type(value).__name__}", error)
