"""Writes a GGUF file: metadata, then tensors as F32 or Q8_0."""

import os
import struct

import numpy

F32, Q8_0 = 0, 8
ALIGNMENT = 32
_UINT32, _INT32, _FLOAT, _BOOL, _STRING, _ARRAY = 4, 5, 6, 7, 8, 9


class Int(int):
    """A value to be stored as int32 rather than uint32."""


def _string(text):
    raw = text.encode("utf-8")
    return struct.pack("<Q", len(raw)) + raw


def _typed(value):
    if isinstance(value, bool):
        return _BOOL, struct.pack("<?", value)
    if isinstance(value, Int):
        return _INT32, struct.pack("<i", value)
    if isinstance(value, int):
        return _UINT32, struct.pack("<I", value)
    if isinstance(value, float):
        return _FLOAT, struct.pack("<f", value)
    if isinstance(value, str):
        return _STRING, _string(value)
    kind = _typed(value[0])[0]
    return _ARRAY, struct.pack("<IQ", kind, len(value)) + b"".join(_typed(v)[1] for v in value)


def quantize(matrix):
    """Q8_0: blocks of 32 values, each a float16 scale and 32 signed bytes."""
    blocks = matrix.astype(numpy.float32).reshape(-1, 32)
    scale = numpy.abs(blocks).max(axis=1) / 127
    inverse = numpy.divide(1, scale, out=numpy.zeros_like(scale), where=scale > 0)
    out = numpy.empty(len(blocks), dtype=[("d", "<f2"), ("q", "i1", 32)])
    out["d"] = scale
    out["q"] = numpy.rint(blocks * inverse[:, None])
    return out.tobytes()


def write(path, metadata, tensors):
    """tensors: name -> float array; matrices become Q8_0, vectors stay F32. The file appears in one step."""
    infos, data = [], b""
    for name, values in tensors.items():
        matrix = values.ndim == 2
        raw = quantize(values) if matrix else values.astype("<f4").tobytes()
        infos.append(_string(name) + struct.pack("<I", values.ndim)
                     + b"".join(struct.pack("<Q", n) for n in reversed(values.shape))
                     + struct.pack("<IQ", Q8_0 if matrix else F32, len(data)))
        data += raw + bytes(-len(raw) % ALIGNMENT)
    head = b"GGUF" + struct.pack("<IQQ", 3, len(tensors), len(metadata))
    for key, value in metadata.items():
        kind, raw = _typed(value)
        head += _string(key) + struct.pack("<I", kind) + raw
    head += b"".join(infos)
    with open(path + ".part", "wb") as file:
        file.write(head + bytes(-len(head) % ALIGNMENT) + data)
    os.replace(path + ".part", path)
