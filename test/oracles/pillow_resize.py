"""What Pillow makes of the pictures of native/test/resize_test.cpp.

    python3 -m venv /tmp/v && /tmp/v/bin/pip install pillow==13.0.0
    /tmp/v/bin/python test/oracles/pillow_resize.py

prints the rows of kExpected: sizes, kind of picture, FNV-1a 64 of the bytes after Image.resize(size, BILINEAR).
Pillow before 13 goes across first always and gives other hashes for the rows that 13 resizes downwards first.
"""

from PIL import Image

CASES = [
    # width, height, out_width, out_height: both passes
    (512, 512, 224, 224),  # down
    (100, 80, 224, 224),  # up
    (400, 560, 224, 224),  # the phantom's portrait
    (60, 900, 50, 40),  # much lower than narrower: downwards first
    (300, 200, 400, 90),  # wider and lower
    (90, 70, 30, 300),  # narrower and higher
    (897, 895, 896, 896),  # by one pixel
    # one pass or none
    (64, 333, 64, 100),
    (333, 64, 100, 64),
    (31, 17, 31, 17),
    # degenerate
    (1, 1, 5, 3),
    (1, 200, 3, 1),
    (70000, 1, 3, 2),
    (2, 3, 1, 1),
    (800195, 1, 1, 1),  # the weights sum to more than one: only the white picture
]


def noise(width: int, height: int) -> bytes:
    """The upper byte of a 32-bit linear congruential generator, seeded by the size."""
    state, out = width * 65537 + height, bytearray()
    for _ in range(width * height * 3):
        state = (state * 1664525 + 1013904223) & 0xFFFFFFFF
        out.append(state >> 24)
    return bytes(out)


def white(width: int, height: int) -> bytes:
    """Finds sums of weights that exceed one."""
    return b"\xff" * (width * height * 3)


def fnv1a(data: bytes) -> int:
    value = 0xCBF29CE484222325
    for byte in data:
        value = ((value ^ byte) * 0x100000001B3) & 0xFFFFFFFFFFFFFFFF
    return value


if __name__ == "__main__":
    for width, height, out_width, out_height in CASES:
        make = white if width == 800195 else noise
        picture = Image.frombytes("RGB", (width, height), make(width, height))
        result = picture.resize((out_width, out_height), Image.BILINEAR).tobytes()
        print(f"    {{{width}, {height}, {out_width}, {out_height}, {make.__name__}, 0x{fnv1a(result):016x}u}},")
