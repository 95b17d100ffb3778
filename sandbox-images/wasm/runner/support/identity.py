"""Whose folder it is: in WebAssembly there is one user."""

from __future__ import annotations

WORKSPACE = "/workspace"
