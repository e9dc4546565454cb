"""Record batches (magic 2) as a producer without idempotence, transactions and headers writes them."""

from __future__ import annotations

import gzip as gzip_format
import struct
import time


def _crc_table() -> list[int]:
    table = []
    for n in range(256):
        for _ in range(8):
            n = n >> 1 ^ (0x82F63B78 if n & 1 else 0)
        table.append(n)
    return table


_TABLE = _crc_table()


def crc32c(data: bytes) -> int:
    """CRC-32 with Castagnoli's polynomial; the standard library has only the other one."""
    table, crc = _TABLE, 0xFFFFFFFF
    for byte in data:
        crc = table[(crc ^ byte) & 0xFF] ^ crc >> 8
    return crc ^ 0xFFFFFFFF


def uvarint(n: int) -> bytes:
    out = bytearray()
    while n > 0x7F:
        out.append(n & 0x7F | 0x80)
        n >>= 7
    out.append(n)
    return bytes(out)


def read_uvarint(data: bytes, at: int = 0) -> tuple[int, int]:
    """(value, offset of the byte after it)"""
    value = shift = 0
    while True:
        byte = data[at]
        at += 1
        value |= (byte & 0x7F) << shift
        if byte < 0x80:
            return value, at
        shift += 7


def varint(n: int) -> bytes:
    """Zigzag: small negative numbers stay short."""
    return uvarint(n << 1 if n >= 0 else (-n << 1) - 1)


def read_varint(data: bytes, at: int = 0) -> tuple[int, int]:
    value, at = read_uvarint(data, at)
    return value >> 1 ^ -(value & 1), at


def batch(values: list[bytes], timestamp_ms: int | None = None, keys: list[bytes] | None = None,
          gzip: bool = False) -> bytes:
    """One batch with these values, all of one time (default: now)."""
    when = int(time.time() * 1000) if timestamp_ms is None else timestamp_ms
    body = bytearray()
    for delta, value in enumerate(values):
        key = varint(len(keys[delta])) + keys[delta] if keys else varint(-1)
        record = b"\0" + varint(0) + varint(delta) + key + varint(len(value)) + value + varint(0)
        body += varint(len(record)) + record
    if gzip:
        body = gzip_format.compress(body, 6)
    # The checksum covers everything from the attributes on.
    checked = struct.pack(">hiqqqhii", int(gzip), len(values) - 1, when, when, -1, -1, -1, len(values)) + body
    return struct.pack(">qiibI", 0, len(checked) + 9, -1, 2, crc32c(checked)) + checked
