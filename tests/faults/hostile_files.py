"""Files of data and weights as a stranger may send them: damaged, lying about their size, or pointing elsewhere.

Each function writes so many into a folder and returns what is to be opened: a file, or a folder that holds several.
"""

from __future__ import annotations

import gzip
import io
import json
import os
import random
import struct
import zipfile
import zlib
from collections.abc import Callable, Iterator
from itertools import islice
from pathlib import Path
from typing import Any

import numpy as np

from tests.faults.hostile_designs import spots_of

__all__ = [
    "FORMS",
    "arrays",
    "escapes",
    "images",
    "onnx_models",
    "picture",
    "runs",
    "safetensors_files",
    "sounds",
    "tables",
]

Case = tuple[str, bytes]
FORMS = {"png": "PNG", "jpg": "JPEG", "gif": "GIF", "webp": "WEBP", "bmp": "BMP", "ppm": "PPM"}
"""How files end, and what Pillow calls what is in them."""
_HUGE = 2**40


def _damaged(chance: random.Random, base: bytes, head: int = 0) -> bytes:
    """A file with bytes changed, taken out, doubled or cut off; half of them near its beginning."""
    data = bytearray(base)
    for _ in range(chance.choice((1, 1, 2, 5, 40))):
        if not data:
            break
        reach = min(len(data), head) if head and chance.random() < 0.5 else len(data)
        at, what = chance.randrange(reach), chance.randrange(5)
        if what <= 1:
            data[at] = chance.choice((0, 1, 127, 128, 255, chance.randrange(256)))
        elif what == 2:
            del data[at : at + chance.randrange(1, 30)]
        elif what == 3:
            data[at:at] = data[at : at + chance.randrange(1, 30)]
        else:
            del data[at:]
    return bytes(data)


def _written(
    folder: Path, count: int, suffix: str, crafted: Iterator[Case], by_chance: Callable[[], bytes]
) -> list[Path]:
    folder.mkdir(parents=True)
    paths = []
    for name, content in islice(crafted, count):
        paths.append(folder / (name if "." in name else f"{name}{suffix}"))
        paths[-1].write_bytes(content)
    for number in range(count - len(paths)):
        paths.append(folder / f"damaged-{number}{suffix}")
        paths[-1].write_bytes(by_chance())
    return paths


# ------------------------------------------------------------------------------------------------------ safetensors


def _packed(header: Any, data: bytes = b"", length: int | None = None) -> bytes:
    text = header if isinstance(header, bytes) else json.dumps(header).encode()
    return struct.pack("<Q", len(text) if length is None else length) + text + data


def safetensors_files(folder: Path, count: int) -> list[Path]:
    """Weights under the names of the network that the opener has."""
    good = {
        "hidden.weight": {"dtype": "F32", "shape": [4, 8], "data_offsets": [0, 128]},
        "hidden.bias": {"dtype": "F32", "shape": [4], "data_offsets": [128, 144]},
    }
    chance = random.Random(1)
    base = _packed(good, bytes(144))

    def changed() -> bytes:
        if chance.random() < 0.5:
            return _damaged(chance, base, 160)
        header = json.loads(json.dumps(good))
        entry = chance.choice([*header.values()])
        key = chance.choice(("dtype", "shape", "data_offsets"))
        odd = (
            "F64",
            "F4",
            "X",
            "",
            None,
            -1,
            [_HUGE, _HUGE],
            [-1, 8],
            [0],
            [],
            [8, 4],
            [0, 2**63],
            [144, 0],
            [1.5],
            "8",
        )
        entry[key] = chance.choice(odd)
        return _packed(header, bytes(chance.choice((0, 143, 144, 145, 4096))))

    return _written(folder, count, ".safetensors", _crafted_safetensors(base), changed)


def _crafted_safetensors(base: bytes) -> Iterator[Case]:
    yield "good", base
    yield "empty", b""
    yield "header-of-petabytes", _packed({}, length=2**50)
    yield "header-of-gigabytes", _packed({}, b" " * 100, length=2**31)
    yield "long-header", _packed(b"{" + b" " * (20 * 2**20) + b"}")
    yield "deep-header", _packed(b'{"a":' * 100_000)
    yield (
        "many",
        _packed({f"t{i}": {"dtype": "F32", "shape": [0], "data_offsets": [0, 0]} for i in range(50_000)}),
    )
    yield (
        "terabytes",
        _packed({"hidden.weight": {"dtype": "F32", "shape": [_HUGE], "data_offsets": [0, 4 * _HUGE]}}),
    )
    yield "pickle", b"\x80\x02cos\nsystem\n(S'id'\ntR."
    yield "pickle.pkl", b"\x80\x02cos\nsystem\n(S'id'\ntR."
    yield "zip", b"PK\x03\x04" + bytes(100)
    yield "weights.pt", b"\x80\x02cos\nsystem\n(S'id'\ntR."
    yield "weights.h5", b"\x89HDF\r\n\x1a\n" + bytes(100)
    yield "objects.npy", b"\x93NUMPY\x01\x00" + bytes(100)
    for name in ("data.pkl", "code/x.py", "archive_format", "config.json"):
        archive = io.BytesIO()
        with zipfile.ZipFile(archive, "w") as file:
            file.writestr(f"archive/{name}", b"\x80\x02cos\nsystem\n(S'id'\ntR.")
        yield f"{name.replace('/', '-').replace('.', '-')}-in-zip.pt", archive.getvalue()


# -------------------------------------------------------------------------------------------------------------- ONNX


def _model(**entry: Any) -> bytes:
    from onnx import TensorProto, helper

    weight = helper.make_tensor("hidden.weight", TensorProto.FLOAT, [4, 8], bytes(128), raw=True)
    bias = helper.make_tensor("hidden.bias", TensorProto.FLOAT, [4], [0.0, 1.0, 2.0, 3.0])
    if entry:
        weight.ClearField("raw_data")
        weight.data_location = TensorProto.EXTERNAL
        for key, value in entry.items():
            weight.external_data.add(key=key, value=str(value))
    ends = [
        helper.make_tensor_value_info(name, TensorProto.FLOAT, ["N", size])
        for name, size in (("x", 8), ("y", 4))
    ]
    node = helper.make_node("Gemm", ["x", "hidden.weight", "hidden.bias"], ["y"], transB=1)
    graph = helper.make_graph([node], "g", ends[:1], ends[1:], [weight, bias])
    return bytes(helper.make_model(graph).SerializeToString())


def onnx_models(folder: Path, count: int) -> list[Path]:
    """Models with weights under the names of the network that the opener has."""
    chance, base = random.Random(2), _model()
    return _written(folder, count, ".onnx", _crafted_onnx(base), lambda: _damaged(chance, base))


def _field(number: int, content: bytes) -> bytes:
    length, head = len(content), bytearray([number << 3 | 2])
    while length >= 0x80:
        head.append(length & 0x7F | 0x80)
        length >>= 7
    return bytes([*head, length]) + content


def _crafted_onnx(base: bytes) -> Iterator[Case]:
    from onnx import TensorProto

    yield "good", base
    yield "empty", b""
    yield "pickle", b"\x80\x02cos\nsystem\n(S'id'\ntR."
    yield "many-nodes", _field(7, b"\x0a\x00" * 2_000_000)
    yield "many-initializers", _field(7, b"\x2a\x00" * 2_000_000)
    yield "deep", b"\x3a\x7f" * 100_000
    yield "endless-number", b"\xff" * 100_000
    for name, dims in {
        "terabytes": [_HUGE],
        "overflow": [2**62, 2**62],
        "minus": [-1],
        "axes": [1] * 1000,
    }.items():
        tensor = TensorProto(name="hidden.weight", dims=dims, data_type=1, raw_data=bytes(16))
        yield name, _field(7, _field(5, tensor.SerializeToString()))
        numbers = TensorProto(name="hidden.weight", dims=dims, data_type=7, int64_data=[1, 2])
        yield f"{name}-numbers", _field(7, _field(5, numbers.SerializeToString()))
    for kind in (0, 8, 14, 23, 99):
        tensor = TensorProto(name="hidden.weight", dims=[4], data_type=kind, raw_data=bytes(16))
        yield f"type-{kind}", _field(7, _field(5, tensor.SerializeToString()))
    packed = TensorProto(name="hidden.weight", dims=[4_000_000], data_type=3, int32_data=[1] * 4_000_000)
    yield "numbers-one-by-one", _field(7, _field(5, packed.SerializeToString()))


def escapes(folder: Path, secret: Path) -> list[Path]:
    """Models whose weights are said to lie where nothing may be read; `secret` is one such place."""
    folder.mkdir(parents=True)
    (folder / "inside").mkdir()
    (folder / "inside" / "weights.bin").write_bytes(bytes(4096))
    (folder / "weights.bin").write_bytes(bytes(4096))
    os.link(secret, folder / "hard.bin")
    (folder / "link.bin").symlink_to(secret)
    (folder / "loop.bin").symlink_to("loop.bin")
    (folder / "dir").symlink_to(secret.parent)
    os.mkfifo(folder / "pipe.bin")
    there = os.path.relpath(secret, folder)
    places: list[dict[str, Any]] = [
        *(
            {"location": name}
            for name in (str(secret), there, f"./{there}", f"inside/../{there}", f"dir/{secret.name}")
        ),
        *(
            {"location": name}
            for name in ("inside/weights.bin", "./weights.bin", "hard.bin", "link.bin", "loop.bin")
        ),
        *(
            {"location": name}
            for name in ("pipe.bin", ".", "..", "", "/dev/zero", "/proc/self/environ", "~/x", "dir")
        ),
        *(
            {"location": name}
            for name in ("\\\\server\\share\\x", "C:\\x", "C:x", "weights.bin:stream", "gone.bin")
        ),
        *({"location": "weights.bin", "offset": offset} for offset in (-1, 4000, 2**63, "x")),
        *({"location": "weights.bin", "length": length} for length in (-1, 2**62, 127)),
    ]
    paths = []
    for number, place in enumerate(places):
        paths.append(folder / f"escape-{number}.onnx")
        paths[-1].write_bytes(_model(**place))
    return paths


# ------------------------------------------------------------------------------------------------------------- tables


def tables(folder: Path, count: int) -> list[Path]:
    """Text tables, JSON Lines and, where pyarrow is there, Parquet."""
    chance = random.Random(3)
    rows = "".join(f"{i},{i * 0.5},{'abc'[i % 3]},2020-01-{i % 28 + 1:02},{i % 2}\n" for i in range(60))
    base = ("a,b,c,d,y\n" + rows).encode()
    swaps = (
        b"\0",
        b'"',
        b"NaN",
        b"inf",
        b"1e999",
        b"=cmd|' /C x'!A0",
        b"\xff\xfe",
        b"\r",
        b";",
        b"\t",
        b"9" * 500,
        b"<b>",
    )

    def changed() -> bytes:
        if chance.random() < 0.5:
            return _damaged(chance, base, 40)
        cells = base.split(b",")
        for _ in range(chance.choice((1, 3, 30))):
            cells[chance.randrange(len(cells))] = chance.choice(swaps)
        return b",".join(cells)

    paths = _written(folder, count - 2 * (count // 5), ".csv", _crafted_tables(base), changed)
    return paths + _json_lines(folder / "json", count // 5) + _parquet(folder / "parquet", count // 5)


def _crafted_tables(base: bytes) -> Iterator[Case]:
    yield "good", base
    yield "empty", b""
    yield "nul", bytes(10_000)
    yield "long-line", b"a" * (20 * 2**20)
    yield "long-cell", b"a,y\n" + b"x" * 200_000 + b",1\n"
    yield "open-quote", b'a,y\n"' + b"x,\n" * 200_000
    yield "wide", b",".join(b"c%d" % i for i in range(20_000)) + b"\n" + b",".join([b"1"] * 20_000) + b"\n"
    yield "header-only", b"a,b,y\n"
    yield "quotes", b'"' * 1_000_000
    yield "utf-16", "a,y\n1,2\n3,4\n".encode("utf-16")
    yield "names", b"<img src=/etc/hostname>,a,a,\n1,2,3,4\n"


def _json_lines(folder: Path, count: int) -> list[Path]:
    chance = random.Random(5)
    rows = ({"a": i, "b": i / 2, "c": "xy"[i % 2], "y": i % 2} for i in range(60))
    base = b"".join(json.dumps(row).encode() + b"\n" for row in rows)
    swaps = (
        b"NaN",
        b"1e999",
        b"9" * 500,
        b"[" * 3000,
        b'{"a":1,"a":2}',
        b"null",
        b'"\\ud800"',
        b"\0",
        b"-",
        b'"',
    )

    def changed() -> bytes:
        if chance.random() < 0.5:
            return _damaged(chance, base, 40)
        values = base.split(b": ")
        for _ in range(chance.choice((1, 3, 30))):
            values[chance.randrange(len(values))] = chance.choice(swaps) + b', "b"'
        return b": ".join(values)

    return _written(folder, count, ".jsonl", _crafted_json_lines(base), changed)


def _crafted_json_lines(base: bytes) -> Iterator[Case]:
    yield "good", base
    yield "deep", b'{"a": ' + b"[" * 1_000_000 + b"\n"
    yield "long-line", b'{"a": "' + b"x" * (20 * 2**20) + b'"}\n'
    yield "many-fields", b"".join(b'{"f%d": 1}\n' % number for number in range(20_000))
    yield "many-digits", b'{"a": ' + b"9" * 1_000_000 + b"}\n"


def _parquet(folder: Path, count: int) -> list[Path]:
    import pyarrow as pa
    from pyarrow import parquet

    chance = random.Random(4)
    content = io.BytesIO()
    columns = {"a": [*range(50)], "b": [i / 2 for i in range(50)], "c": ["xy"[i % 2] for i in range(50)]}
    parquet.write_table(pa.table(columns), content)
    base = content.getvalue()

    def changed() -> bytes:
        data = _damaged(chance, base[:-8])  # with its end, it is read further than its end
        return data + base[-8:] if chance.random() < 0.8 else _damaged(chance, base)

    return _written(folder, count, ".parquet", _crafted_parquet(base), changed)


def _crafted_parquet(base: bytes) -> Iterator[Case]:
    import pyarrow as pa
    from pyarrow import parquet

    yield "good", base
    content = io.BytesIO()
    one = pa.DictionaryArray.from_arrays(pa.array(np.zeros(200_000, np.int32)), pa.array(["x" * 100_000]))
    parquet.write_table(pa.table({"a": one, "y": pa.array(np.zeros(200_000))}), content)
    yield "one-text-many-times", content.getvalue()


# ------------------------------------------------------------------------------------------------------------- arrays


def _npy(array: np.ndarray) -> bytes:
    content = io.BytesIO()
    np.save(content, array)
    return content.getvalue()


def _npy_of(head: str, data: bytes = b"") -> bytes:
    text = head.encode() + b"\n"
    return b"\x93NUMPY\x01\x00" + struct.pack("<H", len(text)) + text + data


def _npz(compression: int = zipfile.ZIP_STORED, **members: bytes) -> bytes:
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w", compression, compresslevel=1) as archive:
        for name, data in members.items():
            archive.writestr(f"{name}.npy", data)
    return content.getvalue()


def arrays(folder: Path, count: int) -> list[Path]:
    """.npz files, folders with a pair of .npy files, and folders with a pair of IDX files."""
    chance = random.Random(5)
    x, y = _npy(np.ones((20, 3), np.float32)), _npy(np.arange(20) % 2)
    base, packed = _npz(x=x, y=y), _npz(zipfile.ZIP_DEFLATED, x=x, y=y)

    def changed() -> bytes:
        if chance.random() < 0.4:
            return _npz(x=_damaged(chance, x, 128), y=_damaged(chance, y, 128))
        return _damaged(chance, chance.choice((base, packed)))

    third = count // 3
    paths = _written(folder / "npz", count - 2 * third, ".npz", _crafted_arrays(x, y), changed)
    head = struct.pack(">I", 0x803) + struct.pack(">3I", 20, 4, 4)
    images, labels = head + bytes(320), struct.pack(">II", 0x801, 20) + bytes(i % 2 for i in range(20))
    for number in range(third):
        pair = folder / f"npy-{number}"
        pair.mkdir()
        (pair / "x.npy").write_bytes(_damaged(chance, x, 128))
        (pair / "y.npy").write_bytes(y if chance.random() < 0.7 else _damaged(chance, y, 128))
        paths.append(pair)
        pair = folder / f"idx-{number}"
        pair.mkdir()
        content = _damaged(chance, images, 16) if number else struct.pack(">I3I", 0x803, 2**31, 2**10, 2**10)
        pack = chance.random() < 0.3
        (pair / "images").write_bytes(gzip.compress(content) if pack else content)
        (pair / "labels").write_bytes(labels if chance.random() < 0.7 else _damaged(chance, labels, 8))
        paths.append(pair)
    return paths


def _crafted_arrays(x: bytes, y: bytes) -> Iterator[Case]:
    yield "good", _npz(x=x, y=y)
    yield "empty", b""
    yield (
        "objects",
        _npz(x=_npy_of("{'descr': '|O', 'fortran_order': False, 'shape': (1,), }", b"\x80\x02N."), y=y),
    )
    yield (
        "terabytes",
        _npz(x=_npy_of(f"{{'descr': '<f8', 'fortran_order': False, 'shape': ({_HUGE}, 3), }}"), y=y),
    )
    yield "minus", _npz(x=_npy_of("{'descr': '<f8', 'fortran_order': False, 'shape': (-1, 3), }"), y=y)
    yield "code", _npz(x=_npy_of("__import__('os').system('id')"), y=y)
    yield "deep", _npz(x=_npy_of("(" * 9_000), y=y)
    yield "power", _npz(x=_npy_of("{'descr': '<f8', 'fortran_order': False, 'shape': (9**9**9, 3), }"), y=y)
    long_type = "[" + ",".join(f"('f{i}','<f8')" for i in range(500)) + "]"
    yield (
        "records",
        _npz(x=_npy_of(f"{{'descr': {long_type}, 'fortran_order': False, 'shape': (1,), }}"), y=y),
    )
    wide = _npy_of("{'descr': '<U400000000', 'fortran_order': False, 'shape': (1,), }")
    yield "wide-text", _npz(x=x, y=wide)
    yield "twice", _npz(x=x, y=y) + _npz(x=x, y=y)
    yield "member-outside", _npz(**{"../x": x, "y": y})
    zeros = _npy_of("{'descr': '|u1', 'fortran_order': False, 'shape': (150000000, 1), }", bytes(150_000_000))
    yield "bomb", _npz(zipfile.ZIP_DEFLATED, x=zeros, y=y)
    yield (
        "lying-size",
        _npz(zipfile.ZIP_DEFLATED, x=x, y=y).replace(struct.pack("<I", len(x)), struct.pack("<I", 2**32 - 2)),
    )


# ------------------------------------------------------------------------------------------------------------- images


def picture(form: str, side: int = 12) -> bytes:
    from PIL import Image

    content = io.BytesIO()
    pixels = np.random.default_rng(0).integers(0, 255, (side, side, 3), dtype=np.uint8)
    Image.fromarray(pixels).save(content, form)
    return content.getvalue()


def _png_of(width: int, height: int, data: bytes = b"") -> bytes:
    def chunk(name: bytes, content: bytes) -> bytes:
        return (
            struct.pack(">I", len(content)) + name + content + struct.pack(">I", zlib.crc32(name + content))
        )

    head = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", data) + chunk(b"IEND", b"")


def images(folder: Path, count: int, secret: Path) -> list[Path]:
    """Folders of two classes, one of them with a picture that is not what it should be."""
    chance = random.Random(6)
    bases = {suffix: picture(form) for suffix, form in FORMS.items()}
    good, crafted = bases["png"], dict(islice(_crafted_images(bases), count))
    names = [*crafted]
    paths = []
    for number in range(count):
        suffix = chance.choice([*bases])
        name = names[number] if number < len(names) else f"damaged-{number}.{suffix}"
        place = folder / f"set-{number}"
        for kind in ("a", "b"):
            (place / kind).mkdir(parents=True)
        (place / "a" / "good.png").write_bytes(good)
        (place / "b" / name).write_bytes(crafted.get(name) or _damaged(chance, bases[suffix], 64))
        paths.append(place)
    (paths[0] / "a" / "link.png").symlink_to(secret)
    (paths[1] / "c").symlink_to(secret.parent)
    os.mkfifo(paths[2] / "a" / "pipe.png")
    return paths


def _crafted_images(bases: dict[str, bytes]) -> Iterator[Case]:
    yield "good-1.png", bases["png"]
    yield "good-2.png", bases["png"]
    yield "good-3.png", bases["png"]
    yield "huge.png", _png_of(60_000, 60_000, zlib.compress(bytes(10_000)))
    yield "largest.png", _png_of(2**31 - 1, 2**31 - 1)
    yield "zero.png", _png_of(0, 0)
    yield "packed.png", _png_of(9_000, 9_000, zlib.compress(bytes(9_000 * 27_001), level=1))
    yield "huge.ppm", b"P6 60000 60000 255\n" + bytes(1_000)
    yield "long.ppm", b"P6 " + b"9" * 100_000
    yield (
        "huge.bmp",
        b"BM" + struct.pack("<IHHIIiiHHIIIIII", 54, 0, 0, 54, 40, 50_000, 50_000, 1, 24, 0, 0, 0, 0, 0, 0),
    )
    yield "huge.gif", b"GIF89a" + struct.pack("<HHBBB", 65_535, 65_535, 0, 0, 0) + bytes(10)
    yield "script.png", b"%!PS\n(/etc/passwd) (r) file\n"
    yield "svg.png", b'<svg xmlns="x"><image href="file:///etc/hostname"/></svg>'
    yield "jpeg.png", bases["jpg"]


# ------------------------------------------------------------------------------------------------------------- sounds


def _wav(form: int, channels: int, rate: int, bits: int, data: bytes, size: int | None = None) -> bytes:
    frame = channels * bits // 8
    head = struct.pack("<4sIHHIIHH", b"fmt ", 16, form, channels, rate, 0, frame & 0xFFFF, bits)
    body = b"WAVE" + head + b"data" + struct.pack("<I", len(data) if size is None else size) + data
    return b"RIFF" + struct.pack("<I", len(body)) + body


def sounds(folder: Path, count: int, secret: Path) -> list[Path]:
    """Folders of two classes, one of them with a sound that is not what it should be."""
    chance = random.Random(8)
    noise = random.Random(9).randbytes(1920)
    good = _wav(1, 1, 4000, 16, noise)
    bases = [_wav(1, 2, 44_100, bits, noise) for bits in (8, 16, 24, 32)]
    bases += [_wav(3, 1, 8000, 32, np.linspace(-1, 1, 480, dtype="<f4").tobytes()), good]
    crafted = dict(islice(_crafted_sounds(good, noise), count))
    paths = []
    for number, name in enumerate((*crafted, *("damaged" for _ in range(count - len(crafted))))):
        place = folder / f"sounds-{number}"
        for kind in ("a", "b"):
            (place / kind).mkdir(parents=True)
        (place / "a" / "good.wav").write_bytes(good)
        content = crafted.get(name) or _damaged(chance, chance.choice(bases), 48)
        (place / "b" / f"{name}.wav").write_bytes(content)
        paths.append(place)
    (paths[0] / "a" / "link.wav").symlink_to(secret)
    os.mkfifo(paths[1] / "a" / "pipe.wav")
    return paths


def _crafted_sounds(good: bytes, noise: bytes) -> Iterator[Case]:
    yield "good-1", good
    yield "good-2", good
    yield "gigabytes", _wav(1, 1, 4000, 16, noise, 2**32 - 1)
    yield "many-channels", _wav(1, 65_535, 4000, 16, noise)
    yield "odd-rate", _wav(1, 1, 767_999, 16, noise)
    yield "slow", _wav(1, 1, 100, 32, noise)
    yield "fast", _wav(1, 1, 2**32 - 1, 8, noise)
    yield "nan", _wav(3, 1, 4000, 32, b"\xff" * 400)
    yield "largest", _wav(3, 1, 8000, 64, struct.pack("<3d", 1e308, -1e308, 3e38))
    yield "parts", good[:12] + b"JUNK\0\0\0\0" * 500_000 + good[12:]


# --------------------------------------------------------------------------------------------------------------- runs


def runs(folder: Path, count: int, good: Path) -> list[Path]:
    """Folders beside designs, each with a run of which one file is not what it should be; `good` is a run's folder."""
    chance = random.Random(7)
    files = {path.relative_to(good): path.read_bytes() for path in good.rglob("*") if path.is_file()}
    texts = [name for name in files if name.suffix in (".json", ".jsonl", ".netdesign")]
    paths = []
    for number in range(count):
        run = folder / f"case-{number}" / "design.runs" / "run"
        chosen = chance.choice(texts)
        for name, content in files.items():
            (run / name).parent.mkdir(parents=True, exist_ok=True)
            (run / name).write_bytes(
                _other(chance, content, name.suffix) if name == chosen and number else content
            )
        paths.append(folder / f"case-{number}")
    return paths


def _other(chance: random.Random, content: bytes, suffix: str) -> bytes:
    if chance.random() < 0.3:
        return _damaged(chance, content)
    if chance.random() < 0.1:
        return chance.choice(
            (b"", b"null", b"[]", b"{}", b"[" * 100_000, b'{"a":' * 100_000, b"9" * 100_000, b"NaN")
        )
    lines = content.splitlines() if suffix == ".jsonl" else [content]
    at = chance.randrange(len(lines))
    try:
        value = json.loads(lines[at])
    except ValueError:
        return _damaged(chance, content)
    spots = [*spots_of(value)]
    for _ in range(chance.choice((1, 1, 3))):
        holder, key = chance.choice(spots)
        holder[key] = chance.choice(
            (
                None,
                True,
                -1,
                0,
                1e308,
                10**400,
                "",
                "<b>x</b>",
                "x" * 1_000,
                [],
                {},
                [[1]],
                {"a": 1},
                float("nan"),
                float("inf"),
                "../../x",
                2**70,
            )
        )
    lines[at] = json.dumps(value).encode()
    return b"\n".join(lines)
