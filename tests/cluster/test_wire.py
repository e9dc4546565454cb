"""What can be checked of the wire client without a cluster: python3 -m unittest test_wire (in this folder)."""

import gzip
import pathlib
import struct
import sys
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent))

from records import batch, crc32c, read_uvarint, read_varint, uvarint, varint
from wire import ERRORS, KafkaError, Reader, array, check, cstring, ints, string


class Crc32c(unittest.TestCase):
    def test_known_vectors(self):
        self.assertEqual(crc32c(b""), 0)
        self.assertEqual(crc32c(b"123456789"), 0xE3069283)
        # RFC 3720, B.4
        self.assertEqual(crc32c(bytes(32)), 0x8A9136AA)
        self.assertEqual(crc32c(b"\xff" * 32), 0x62A8AB43)
        self.assertEqual(crc32c(bytes(range(32))), 0x46DD794E)


class Varints(unittest.TestCase):
    def test_unsigned(self):
        for n, data in ((0, b"\0"), (127, b"\x7f"), (128, b"\x80\x01"), (300, b"\xac\x02")):
            self.assertEqual(uvarint(n), data)
            self.assertEqual(read_uvarint(data), (n, len(data)))

    def test_zigzag(self):
        for n, data in ((0, b"\0"), (-1, b"\1"), (1, b"\2"), (-64, b"\x7f"), (64, b"\x80\x01")):
            self.assertEqual(varint(n), data)

    def test_round_trip(self):
        for n in (0, 1, -1, 63, -64, 64, 8191, -8192, 2**31 - 1, -2**31, 2**62, -2**62):
            self.assertEqual(read_varint(b"?" + varint(n) + b"?", 1), (n, 1 + len(varint(n))))


class RecordBatch(unittest.TestCase):
    def test_header(self):
        data = batch([b"a", b"bc", b""], timestamp_ms=1700000000000)
        base, length, epoch, magic, crc = struct.unpack_from(">qiibI", data)
        self.assertEqual((base, length, epoch, magic), (0, len(data) - 12, -1, 2))
        self.assertEqual(crc, crc32c(data[21:]))
        self.assertEqual(struct.unpack_from(">hiqqqhii", data, 21),
                         (0, 2, 1700000000000, 1700000000000, -1, -1, -1, 3))

    def test_records(self):
        values = [b"a", b"x" * 200, b""]
        data, at = batch(values), 61
        for delta, value in enumerate(values):
            length, at = read_varint(data, at)
            end, at = at + length, at + 1
            fields = []
            for _ in range(4):      # timestamp delta, offset delta, key length, value length
                field, at = read_varint(data, at)
                fields.append(field)
            self.assertEqual(fields, [0, delta, -1, len(value)])
            self.assertEqual(data[at:at + len(value)], value)
            headers, at = read_varint(data, at + len(value))
            self.assertEqual((headers, at), (0, end))
        self.assertEqual(at, len(data))


    def test_gzip_and_keys(self):
        plain, packed = (batch([b"a", b"bc"], 1700000000000, [b"k", b""], how) for how in (False, True))
        self.assertEqual(struct.unpack_from(">h", packed, 21), (1,))
        self.assertEqual(struct.unpack_from(">I", packed, 17), (crc32c(packed[21:]),))
        self.assertEqual(gzip.decompress(packed[61:]), plain[61:])
        self.assertEqual(plain[61:], b"\x10\0\0\0\x02k\x02a\0" + b"\x10\0\0\x02\0\x04bc\0")


class Primitives(unittest.TestCase):
    def test_reader_reads_what_is_written(self):
        r = Reader(string("größe") + string(None) + cstring("ab") + b"\0" + ints([1, -1]) + array([]) +
                   b"\x03\0\1\0\2")
        self.assertEqual([r.string(), r.string(), r.cstring(), r.cstring()], ["größe", None, "ab", None])
        self.assertEqual([r.array(r.i32), r.array(r.i32), r.carray(r.i16)], [[1, -1], [], [1, 2]])
        self.assertEqual(r.at, len(r.data))

    def test_reader_skips_tagged_fields(self):
        r = Reader(b"\x02" + b"\x00\x03abc" + b"\x05\x00" + b"\x2a")
        r.tags()
        self.assertEqual(r.i8(), 42)

    def test_truncated_answers_are_errors(self):
        with self.assertRaises((struct.error, IndexError)):
            Reader(b"\0").i32()

    def test_errors_have_kafkas_names(self):
        self.assertEqual(Reader(b"\0\x13").error(), "NOT_ENOUGH_REPLICAS")
        self.assertEqual(Reader(b"\x7f\xff").error(), "error 32767")
        self.assertEqual(len(set(ERRORS.values())), len(ERRORS))
        check("NONE", "anything")
        with self.assertRaises(KafkaError) as raised:
            check("INVALID_CONFIG", "create topic t", "no such setting")
        self.assertEqual(str(raised.exception), "create topic t: INVALID_CONFIG (no such setting)")
        self.assertEqual(raised.exception.error, "INVALID_CONFIG")


if __name__ == "__main__":
    unittest.main()
