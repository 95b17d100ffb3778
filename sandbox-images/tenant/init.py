"""PID 1 of a tenant's container: starts the zygote in a namespace without the host's root, and becomes the supervisor."""

from __future__ import annotations

import json
import os
import sys
import traceback
from socket import AF_UNIX, SOCK_SEQPACKET, socketpair

from runner.process.shared_memory import link_shared_memory
from runner.protocol import frames
from runner.protocol.outbox import EngineGone
from tenant import kernel
from tenant.control import REFUSED, Control
from tenant.place import prepare_mounts
from tenant.users import give_users, zygote_map

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import NoReturn


def start(language: str) -> NoReturn:
    """Runs the container, once the engine has said which users it has."""
    link_shared_memory()
    first_id, slots = _read_users()
    ours, theirs = socketpair(AF_UNIX, SOCK_SEQPACKET)
    has_users = os.eventfd(0)
    # Before anything of any job is here.
    try:
        zygote = kernel.fork_into(kernel.NEW_USER | kernel.NEW_MOUNTS)
    except OSError as error:
        _refuse(str(error))
    if zygote == 0:
        ours.close()
        _be_zygote(language, Control(theirs), has_users)
    give_users(zygote, zygote_map(first_id, slots))
    os.eventfd_write(has_users, 1)
    os.close(has_users)
    theirs.close()
    # While it may still read them.
    from tenant.supervisor import Refused, Supervisor, ZygoteGone

    # A user that no namespace has: from here on no process of this container is the host's root.
    nobody = first_id + 1 + 2 * slots
    os.setgroups([])
    os.setresgid(nobody, nobody, nobody)
    os.setresuid(nobody, nobody, nobody)
    code = 70
    # The kernel ends everything else in the container with this process.
    try:
        Supervisor(Control(ours), slots).run()
    except EngineGone:
        code = 0
    except Refused as error:
        _refuse(str(error))
    except (ZygoteGone, BrokenPipeError):
        code = os.waitstatus_to_exitcode(os.waitpid(zygote, 0)[1]) & 0xFF
    except BaseException:
        traceback.print_exc()
    finally:
        sys.stderr.flush()
        os._exit(code)


def _refuse(why: str) -> NoReturn:
    """Reports to the engine that this host does not allow jobs to be separated within a container."""
    for piece in frames.encode(frames.CONTROL_JOB, frames.READY, json.dumps({"refused": why}).encode()):
        os.write(1, piece)
    os._exit(0)


def _read_users() -> tuple[int, int]:
    """The first message: the first of the container's users, and the number of concurrent jobs. Every guest could read
    arguments and environment."""
    length, _, kind = frames.peek(bytearray(_read_exactly(frames.HEADER_BYTES)), 0) or (0, 0, 0)
    if kind != frames.BEGIN:
        raise frames.ProtocolError(f"The first message is of kind {kind}.")
    message = json.loads(_read_exactly(length))
    return message["firstId"], message["slots"]


def _read_exactly(length: int) -> bytes:
    data = b""
    while len(data) < length:
        piece = os.read(0, length - len(data))
        if not piece:
            os._exit(0)
        data += piece
    return data


def _be_zygote(language: str, supervisor: Control, has_users: int) -> NoReturn:
    """In the fork, which has its users once `has_users` says so. It keeps nothing of the channel to the engine."""
    code = 70
    try:
        null = os.open("/dev/null", os.O_RDWR)
        for fd in (0, 1):
            os.dup2(null, fd)
        os.close(null)
        os.eventfd_read(has_users)
        os.close(has_users)
        prepare_mounts()
        # Imported only now, because these modules read the guest's number.
        from tenant.zygote import serve

        serve(language, supervisor)
        code = 0
    except OSError as error:
        supervisor.send(REFUSED, text=str(error))
    except BaseException:
        traceback.print_exc()
    finally:
        sys.stderr.flush()
        os._exit(code)
