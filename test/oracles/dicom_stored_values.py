#!/usr/bin/env python3
"""Stored values of frame 0 of DICOM files as GDCM and dcmtk decode them, as hashes.

Needs Debian's python3-pydicom, libgdcm-tools and dcmtk. Usage:
    dicom_stored_values.py ROOT=FOLDER... > test/fixtures/dicom/stored-values.json

Each file is converted to an uncompressed transfer syntax by `gdcmconv --raw` and by the dcmtk tool of its syntax;
the bytes of frame 0 become int32 little endian samples, colour by pixel, masked to Bits Stored and sign extended.
The hash is sha256 over those. Nothing is hashed that pydicom decoded: it only splits the converted file's elements.
"""
import hashlib, json, os, subprocess, sys, tempfile
import numpy as np, pydicom

JPEG = [f"1.2.840.10008.1.2.4.{n}" for n in (50, 51, 53, 55, 57, 70)]
JLS = ["1.2.840.10008.1.2.4.80", "1.2.840.10008.1.2.4.81"]


def frame0(path):
    """Samples of frame 0 of an uncompressed file, and how they are to be read."""
    ds = pydicom.dcmread(path, force=True)
    if "PixelData" not in ds:
        return None
    ts = getattr(getattr(ds, "file_meta", None), "TransferSyntaxUID", "1.2.840.10008.1.2")
    rows, cols, spp = ds.Rows, ds.Columns, int(ds.get("SamplesPerPixel", 1))
    alloc, stored = ds.BitsAllocated, ds.BitsStored
    signed = int(ds.get("PixelRepresentation", 0)) == 1
    high = int(ds.get("HighBit", stored - 1))
    data = ds.PixelData
    n = rows * cols * spp
    if alloc == 1:
        bits = np.unpackbits(np.frombuffer(data, np.uint8), bitorder="little")[:n]
        return bits.astype(np.int32), spp, ds.PhotometricInterpretation
    if ds.PhotometricInterpretation == "YBR_FULL_422" and len(data) < n * alloc // 8:
        quad = np.frombuffer(data[: rows * cols * 2], np.uint8).reshape(-1, 4)
        out = np.empty((quad.shape[0], 2, 3), np.uint8)
        out[:, 0, 0], out[:, 1, 0] = quad[:, 0], quad[:, 1]
        out[:, :, 1], out[:, :, 2] = quad[:, 2:3], quad[:, 3:4]
        return out.reshape(-1).astype(np.int32), spp, "YBR_FULL"
    kind = {8: np.uint8, 16: "<u2", 32: "<u4"}[alloc]
    if ts == "1.2.840.10008.1.2.2":
        kind = {8: np.uint8, 16: ">u2", 32: ">u4"}[alloc]
    need = n * alloc // 8
    if len(data) < need:
        return None
    a = np.frombuffer(data[:need], kind).astype(np.int64)
    if spp > 1 and int(ds.get("PlanarConfiguration", 0)) == 1:
        a = a.reshape(spp, -1).T.reshape(-1)
    a = (a >> (high - stored + 1)) & ((1 << stored) - 1)
    if signed:
        a = np.where(a >= 1 << (stored - 1), a - (1 << stored), a)
    return a.astype(np.int32), spp, ds.PhotometricInterpretation


def run(*command):
    return subprocess.run(command, capture_output=True, timeout=60).returncode == 0


def by_gdcm(path, out):
    return run("gdcmconv", "--raw", path, out)


def by_dcmtk(path, out, ts):
    tool = "dcmdjpeg" if ts in JPEG else "dcmdjpls" if ts in JLS else "dcmdrle" if ts.endswith("1.2.5") else "dcmconv"
    extra = ["+te"] if tool == "dcmconv" else []
    return run(tool, *extra, path, out) or run(tool, "-f", *extra, path, out)


def main():
    result = {}
    for spec in sys.argv[1:]:
        root, folder = spec.split("=", 1)
        for base, _, names in sorted(os.walk(folder)):
            for name in sorted(names):
                path = os.path.join(base, name)
                try:
                    ds = pydicom.dcmread(path, force=True, stop_before_pixels=True)
                    if not ds.get("Rows"):
                        continue
                    ts = str(getattr(getattr(ds, "file_meta", None), "TransferSyntaxUID", "none"))
                except Exception:
                    continue
                entry = {"syntax": ts}
                with tempfile.TemporaryDirectory() as tmp:
                    for tool, convert in (("gdcm", lambda o: by_gdcm(path, o)), ("dcmtk", lambda o: by_dcmtk(path, o, ts))):
                        out = os.path.join(tmp, tool)
                        try:
                            got = frame0(out) if convert(out) and os.path.exists(out) else None
                        except Exception:
                            got = None
                        if got is not None:
                            a, spp, photometric = got
                            entry[tool] = {
                                "sha256": hashlib.sha256(a.astype("<i4").tobytes()).hexdigest(),
                                "count": int(a.size), "photometric": photometric,
                            }
                            if "--keep" in os.environ.get("ORACLE", ""):
                                os.makedirs("/tmp/oracle", exist_ok=True)
                                a.astype("<i4").tofile(f"/tmp/oracle/{root}_{os.path.relpath(path, folder).replace('/', '_')}.{tool}")
                if "gdcm" in entry or "dcmtk" in entry:
                    result[f"{root}/{os.path.relpath(path, folder)}"] = entry
    json.dump(result, sys.stdout, indent=1, sort_keys=True)


main()
