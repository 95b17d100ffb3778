"""Imported before the libraries are, in a cell that waits for its job: what they read from the environment at their start."""

import os

from python_data.settings import ENVIRONMENT

os.environ.update(ENVIRONMENT)
