"""Imported before the libraries are, in a cell that waits for its job: the environment that they read at their start."""

import os

from python_data.settings import ENVIRONMENT

os.environ.update(ENVIRONMENT)
