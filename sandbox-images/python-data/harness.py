"""Python guests with libraries for data. A cell that waits has the heavy ones loaded, and its guest is a fork of it."""

from __future__ import annotations

import os
import sys

from python.harness import PythonHarness
from python_data.settings import ENVIRONMENT, GUEST_FOLDER, IMAGE_FOLDER


class DataHarness(PythonHarness):
    """A program run in this interpreter."""

    #: One after the other, so that a job that comes meanwhile waits for one of them alone. scipy, sympy and sklearn come
    #: when they are asked for: they would take as much memory as all these together.
    IDLE_MODULES = (
        *PythonHarness.IDLE_MODULES,
        *("python_data.environment_ahead", "numpy", "pandas._libs", "pandas", "python_data.figures_ahead"),
    )

    def enter(self, *, rehearse: bool) -> None:
        os.environ.update(ENVIRONMENT)
        os.mkdir(GUEST_FOLDER, 0o700)
        for name in os.listdir(IMAGE_FOLDER):
            os.symlink(f"{IMAGE_FOLDER}/{name}", f"{GUEST_FOLDER}/{name}")
        for name in ("environment_ahead", "figures_ahead"):
            sys.modules.pop(f"python_data.{name}", None)
        # Its numbers come from a state that was made when it was imported, maybe in the parent of many guests.
        if "numpy.random" in sys.modules:
            sys.modules["numpy.random"].seed()
        super().enter(rehearse=rehearse)


def create() -> DataHarness:
    return DataHarness()
