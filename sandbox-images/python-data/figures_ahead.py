"""Imports matplotlib in a cell that waits for its job.

It would look for its settings and its fonts in a folder that it can write to, and the only one is the guest's. So it is
led to the image's folder as long as this takes.
"""

import os

from python_data.settings import IMAGE_FOLDER

os.environ["MATPLOTLIBRC"] = f"{IMAGE_FOLDER}/matplotlibrc"
import matplotlib  # noqa: E402

_own = (matplotlib.get_configdir, matplotlib.get_cachedir)
matplotlib.get_configdir = matplotlib.get_cachedir = lambda: IMAGE_FOLDER

import matplotlib.backends.backend_agg  # noqa: E402
import matplotlib.pyplot  # noqa: E402

matplotlib.get_configdir, matplotlib.get_cachedir = _own
del os.environ["MATPLOTLIBRC"]
