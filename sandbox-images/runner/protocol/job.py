"""The job, as in the engine's `job` message (JobMessage in src/cells/protocol/messages.ts)."""

from __future__ import annotations

import marshal

from runner.support import lean_json

MIB = 1_048_576
#: Address of the proxy of a job with a network (network/proxy.py).
PROXY_ADDRESS = ("127.0.0.1", 3128)


class Limits:
    """The guest's limits, in the contract's units (src/contract/api/limits.ts)."""

    __slots__ = ("timeout_ms", "cpu_ms", "memory_mb", "processes", "disk_mb", "file_mb", "value_kb", "open_files")

    def __init__(self, message: dict[str, int]) -> None:
        self.timeout_ms = message["timeoutMs"]
        self.cpu_ms = message["cpuMs"]
        self.memory_mb = message["memoryMb"]
        self.processes = message["processes"]
        self.disk_mb = message["diskMb"]
        self.file_mb = message["fileMb"]
        self.value_kb = message["valueKb"]
        self.open_files = message["openFiles"]

    @property
    def value_bytes(self) -> int:
        return self.value_kb * 1024


class Job:
    """One job; immutable except for `inputs`, which arrive in a separate message, and `script`."""

    __slots__ = (
        *("id", "language", "handler", "code", "has_files", "has_stdin", "collect", "env", "limits", "tools", "network"),
        *("action", "call", "idle_seconds", "inputs", "script", "_payload"),
    )

    def __init__(self, payload: bytes, inputs: bytes = b"null", script: str = "") -> None:
        message = lean_json.loads(payload)
        self._payload = payload
        self.id: str = message["id"]
        self.language: str = message["language"]
        #: Whether the code's handler answers, rather than its last expression.
        self.handler: bool = message["mode"] == "handler"
        self.code: str = message["code"]
        self.has_files: bool = message["files"]
        self.has_stdin: bool = message["stdin"]
        self.collect: list[str] = message["collect"]
        self.env: dict[str, str] = message["env"]
        self.limits = Limits(message["limits"])
        #: Functions that the guest may call: name and description of each.
        self.tools: list[dict[str, str]] = message["tools"]
        #: Connections that it may have open at one time; 0: it has no network.
        self.network: int = message["network"]
        session = message.get("session") or {}
        #: If the job belongs to a session: `run`, or `place` and `list` for files only.
        self.action: str = session.get("action", "")
        #: Its number in the session.
        self.call: int = session.get("call", 0)
        #: How long the session may wait for its next job.
        self.idle_seconds: float = session.get("idleMs", 0) / 1000
        #: JSON text.
        self.inputs = inputs
        #: The file that the harness made of the code, if it did; then the inputs lie in a file too.
        self.script = script

    def pack(self) -> bytes:
        """The job on its way to the guest's process."""
        return marshal.dumps((self._payload, b"" if self.script else self.inputs, self.script))

    @classmethod
    def unpack(cls, packed: bytes) -> Job:
        return cls(*marshal.loads(packed))
