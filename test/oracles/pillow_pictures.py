"""Small odd pictures for test/unit/image, and the RGB that Pillow sees in them.

    python3 -m venv /tmp/v && /tmp/v/bin/pip install pillow==13.0.0 numpy
    /tmp/v/bin/python test/oracles/pillow_pictures.py

writes test/fixtures/image/*.{png,jpg,...} and expected.json: name -> {width, height, tolerance, rgb (base64)}.
A tolerance of 0 means the same bytes. Where Pillow's convert("RGB") is not what is wanted (16 bits of grey, alpha), the
expectation is worked out here by NumPy. Profiles are not applied, as transformers' processors and Google's handlers do not.
"""

import base64
import io
import json
import struct
import zlib
from pathlib import Path

import numpy as np
from PIL import Image, ImageCms, ImageOps

OUT = Path(__file__).parent.parent / "fixtures" / "image"
WIDTH, HEIGHT = 24, 16
expected: dict = {}

ys, xs = np.mgrid[0:HEIGHT, 0:WIDTH]
GREY = (xs * 10 + ys * 1).astype(np.uint8)
RGB = np.stack([xs * 10, ys * 16, 255 - xs * 5 - ys * 8], -1).astype(np.uint8)
NOISE = np.random.default_rng(7).integers(0, 256, (HEIGHT, WIDTH, 3), dtype=np.uint8)
ALPHA = ((xs + ys) * 255 // (WIDTH + HEIGHT - 2)).astype(np.uint8)
SIXTEEN = (xs * 2700 + ys * 211).astype(np.uint16)
SIXTEEN_RGB = np.stack([SIXTEEN, SIXTEEN[::-1], 65535 - SIXTEEN], -1).astype(np.uint16)


def expect(name: str, rgb: np.ndarray, tolerance: int = 0) -> None:
    if rgb.ndim == 2:
        rgb = np.repeat(rgb[:, :, None], 3, 2)
    expected[name] = {
        "width": rgb.shape[1],
        "height": rgb.shape[0],
        "tolerance": tolerance,
        "rgb": base64.b64encode(rgb.astype(np.uint8).tobytes()).decode(),
    }


def save(name: str, picture: Image.Image, tolerance: int = 0, **options) -> None:
    """Writes the file and expects what Pillow reads back from it."""
    picture.save(OUT / name, **options)
    expect(name, np.asarray(Image.open(OUT / name).convert("RGB")), tolerance)


def chunk(kind: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))


def png(samples: np.ndarray, bits: int, colour: int, extra: bytes = b"") -> bytes:
    """A PNG without filters, for what Pillow cannot write. samples: rows of big-endian bytes."""
    height, width = samples.shape[:2]
    rows = b"".join(b"\0" + samples[y].tobytes() for y in range(height))
    header = struct.pack(">IIBBBBB", width, height, bits, colour, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + extra + chunk(b"IDAT", zlib.compress(rows)) + chunk(b"IEND", b"")


def profile(space: bytes, tags: dict[bytes, bytes]) -> bytes:
    """A small ICC version 2 display profile."""
    body, table, offset = b"", b"", 128 + 4 + 12 * len(tags)
    for name, data in tags.items():
        data += b"\0" * (-len(data) % 4)
        table += name + struct.pack(">II", offset + len(body), len(data))
        body += data
    head = struct.pack(">I4sI4s4s4s", offset + len(body), b"\0\0\0\0", 0x02100000, b"mntr", space, b"XYZ ")
    head += struct.pack(">6H", 2026, 1, 1, 0, 0, 0) + b"acsp" + b"\0" * 28
    head += struct.pack(">iii", 63190, 65536, 54061)
    return head.ljust(128, b"\0") + struct.pack(">I", len(tags)) + table + body


def xyz(x: float, y: float, z: float) -> bytes:
    return b"XYZ \0\0\0\0" + struct.pack(">iii", *(round(v * 65536) for v in (x, y, z)))


def gamma(value: float) -> bytes:
    return b"curv\0\0\0\0" + struct.pack(">IH", 1, round(value * 256))


def text(value: str) -> bytes:
    return b"desc\0\0\0\0" + struct.pack(">I", len(value) + 1) + value.encode() + b"\0" * 79


WHITE = xyz(0.9642, 1.0, 0.8249)
# Adobe RGB (1998), adapted to D50.
ADOBE = profile(
    b"RGB ",
    {
        b"desc": text("wide"), b"cprt": b"text\0\0\0\0none\0", b"wtpt": WHITE,
        b"rXYZ": xyz(0.60974, 0.31111, 0.01947), b"gXYZ": xyz(0.20528, 0.62567, 0.06087),
        b"bXYZ": xyz(0.14919, 0.06322, 0.74457),
        b"rTRC": gamma(2.19922), b"gTRC": gamma(2.19922), b"bTRC": gamma(2.19922),
    },
)  # fmt: skip
GREY_18 = profile(
    b"GRAY", {b"desc": text("gamma 1.8"), b"cprt": b"text\0\0\0\0none\0", b"wtpt": WHITE, b"kTRC": gamma(1.8)}
)
SRGB = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()


def rounded(samples: np.ndarray) -> np.ndarray:
    """16 bits to 8 as Google's predictor.py does, of what Pillow opens as 16-bit grey."""
    return np.round(samples.astype(np.float64) / (65535 / 255), 0)


def plain() -> None:
    grey, rgb, noise = Image.fromarray(GREY), Image.fromarray(RGB), Image.fromarray(NOISE)
    save("grey.png", grey)
    save("rgb.png", noise)
    save("bit.png", Image.fromarray(GREY > 100))
    save("palette.png", noise.quantize(16))
    save("grey.jpg", grey, quality=90)
    save("444.jpg", noise, quality=95, subsampling=0)
    save("420.jpg", noise, quality=85, subsampling=2)
    save("420-odd.jpg", noise.crop((0, 0, 23, 15)), quality=85, subsampling=2)
    save("progressive.jpg", noise, quality=85, subsampling=2, progressive=True)
    save("lossless.webp", noise, lossless=True)
    save("lossy.webp", rgb, quality=80)
    save("first.tif", noise, save_all=True, append_images=[grey.convert("RGB")], compression="tiff_lzw")
    # The chroma of AVIF is scaled up by each decoder in its own way.
    save("rgb.avif", rgb, tolerance=20, quality=90)
    for name, extra in {
        "gama-linear.png": chunk(b"gAMA", struct.pack(">I", 100000)),
        "gama-srgb.png": chunk(b"gAMA", struct.pack(">I", 45455)) + chunk(b"sRGB", b"\0"),
        "icc-srgb.png": chunk(b"iCCP", b"sRGB\0\0" + zlib.compress(SRGB)),
    }.items():
        (OUT / name).write_bytes(png(NOISE, 8, 2, extra))
        expect(name, NOISE)


def colour() -> None:
    adobe = chunk(b"iCCP", b"wide\0\0" + zlib.compress(ADOBE))
    (OUT / "icc-adobe.png").write_bytes(png(RGB, 8, 2, adobe))
    expect("icc-adobe.png", np.asarray(Image.open(OUT / "icc-adobe.png").convert("RGB")))
    grey = chunk(b"iCCP", b"grey\0\0" + zlib.compress(GREY_18))
    (OUT / "icc-grey.png").write_bytes(png(GREY, 8, 0, grey))
    expect("icc-grey.png", np.asarray(Image.open(OUT / "icc-grey.png").convert("RGB")))

    (OUT / "16-grey.png").write_bytes(png(SIXTEEN.astype(">u2"), 16, 0))
    expect("16-grey.png", rounded(SIXTEEN))
    (OUT / "16-rgb.png").write_bytes(png(SIXTEEN_RGB.astype(">u2"), 16, 2))
    expect("16-rgb.png", SIXTEEN_RGB >> 8)
    Image.fromarray(SIXTEEN).save(OUT / "16-grey.tif")
    expect("16-grey.tif", rounded(SIXTEEN))
    (OUT / "16-rgb-icc.png").write_bytes(png(SIXTEEN_RGB.astype(">u2"), 16, 2, adobe))
    expect("16-rgb-icc.png", np.asarray(Image.open(OUT / "16-rgb-icc.png").convert("RGB")))
    (OUT / "16-grey-icc.png").write_bytes(png(SIXTEEN.astype(">u2"), 16, 0, grey))
    expect("16-grey-icc.png", rounded(SIXTEEN))
    Image.fromarray(SIXTEEN.astype(np.float32)).save(OUT / "float.tif")

    # Three stripes: paper, black ink, cyan ink.
    inks = np.zeros((HEIGHT, WIDTH, 4), np.uint8)
    inks[:, 8:16, 3] = 255
    inks[:, 16:, 0] = 255
    save("cmyk-inks.jpg", Image.fromarray(inks, "CMYK"), quality=95)
    save("cmyk-inks.tif", Image.fromarray(inks, "CMYK"), compression="tiff_lzw")
    mixed = np.dstack([NOISE, ALPHA])
    save("cmyk-noise.tif", Image.fromarray(mixed, "CMYK"), compression="tiff_lzw")


def alpha() -> None:
    rgba = np.dstack([NOISE, ALPHA])
    Image.fromarray(rgba).save(OUT / "alpha.png")
    Image.fromarray(rgba).save(OUT / "alpha.webp", lossless=True, exact=True)
    for name in ("alpha.png", "alpha.webp"):
        expect(name, NOISE.astype(int) * ALPHA[:, :, None] / 255, 1)
    Image.fromarray(np.dstack([GREY, ALPHA])).save(OUT / "grey-alpha.png")
    expect("grey-alpha.png", GREY.astype(int) * ALPHA / 255, 1)
    opaque = np.dstack([NOISE, np.full_like(ALPHA, 255)])
    Image.fromarray(opaque).save(OUT / "opaque.png")
    expect("opaque.png", NOISE)
    palette = Image.fromarray(NOISE).quantize(16)
    palette.save(OUT / "palette-alpha.png", transparency=3)
    seen = np.asarray(palette.convert("RGB")).copy()
    seen[np.asarray(palette) == 3] = 0
    expect("palette-alpha.png", seen)

    frames = [Image.fromarray(RGB).quantize(32), Image.fromarray(GREY).convert("RGB").quantize(32)]
    frames[0].save(OUT / "animated.gif", save_all=True, append_images=frames[1:], duration=100)
    expect("animated.gif", np.asarray(frames[0].convert("RGB")))
    still = [Image.fromarray(NOISE), Image.fromarray(RGB)]
    still[0].save(OUT / "animated.webp", save_all=True, append_images=still[1:], lossless=True)
    expect("animated.webp", NOISE)


def orientation() -> None:
    for value in range(1, 9):
        exif = Image.Exif()
        exif[0x0112] = value
        for name in (f"orientation-{value}.png", f"orientation-{value}.jpg"):
            Image.fromarray(NOISE).save(OUT / name, exif=exif)
            expect(name, np.asarray(ImageOps.exif_transpose(Image.open(OUT / name)).convert("RGB")))


if __name__ == "__main__":
    OUT.mkdir(parents=True, exist_ok=True)
    for part in (plain, colour, alpha, orientation):
        part()
    lines = ",\n".join(f"  {json.dumps(name)}: {json.dumps(value)}" for name, value in sorted(expected.items()))
    (OUT / "expected.json").write_text("{\n" + lines + "\n}\n")
    print(len(expected), "pictures")
