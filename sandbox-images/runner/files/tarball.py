"""Writes tar headers: regular files in ustar, with a pax record for a long path."""

from __future__ import annotations

#: Everything in a tar archive is padded to this.
BLOCK = 512
#: What an archive ends with.
END = bytes(2 * BLOCK)


def padding(size: int) -> int:
    """Bytes of padding after `size` bytes of content."""
    return -size % BLOCK


def file_header(path: str, size: int, modified: int) -> bytes:
    """The header, of one block or three, of a regular file. `modified` is in seconds since 1970."""
    name = path.encode()
    if len(name) <= 100:
        return _header(name, size, modified, b"0")
    record = _pax_record(b"path", name)
    extension = _header(b"pax/path", len(record), modified, b"x") + record + bytes(padding(len(record)))
    return extension + _header(name[:100], size, modified, b"0")


def _header(name: bytes, size: int, modified: int, kind: bytes) -> bytes:
    modified = min(max(modified, 0), 0o77777777777)
    block = bytearray(BLOCK)
    block[0 : len(name)] = name
    block[100:108] = b"0000644\0"
    block[108:116] = block[116:124] = b"0000000\0"
    block[124:136] = b"%011o\0" % size
    block[136:148] = b"%011o\0" % modified
    block[148:156] = b" " * 8
    block[156:157] = kind
    block[257:265] = b"ustar\x0000"
    block[148:156] = b"%06o\0 " % sum(block)
    return bytes(block)


def _pax_record(key: bytes, value: bytes) -> bytes:
    """`<length> <key>=<value>\\n`, where the length counts its own digits."""
    length = len(key) + len(value) + 3
    total = length + len(str(length))
    total = length + len(str(total))
    return b"%d %s=%s\n" % (total, key, value)
