#!/usr/bin/python3 -ISB
"""The command `hotcell`; hotcell_command.py says what it does, and has its byte code ready."""

import os
import sys

sys.path.insert(0, os.path.dirname(os.path.dirname(os.path.dirname(os.path.realpath(__file__)))))

from runner.tools.hotcell_command import main  # noqa: E402

sys.exit(main(sys.argv[1:]))
