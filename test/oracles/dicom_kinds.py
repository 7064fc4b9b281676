#!/usr/bin/env python3
"""Stored values of all frames of the files in test/fixtures/dicom/kinds as pydicom decodes them, as hashes.

Needs pydicom 3.0.2 with python-gdcm, pylibjpeg (libjpeg, openjpeg) and pyjpegls from PyPI. Usage:
    dicom_kinds.py > test/fixtures/dicom/kinds/pydicom.json

The hash is sha256 over the values as int32 little endian, colour by pixel, YBR converted to RGB.
"""
import hashlib, json, pathlib, sys, warnings
import numpy as np, pydicom
from pydicom.pixels import pixel_array

warnings.simplefilter("ignore")
# pydicom takes the transfer syntax at its word; this file's is wrong on purpose.
SYNTAX = {"compressed-under-native-syntax.dcm": pydicom.uid.JPEGBaseline8Bit}

folder = pathlib.Path(__file__).parent.parent / "fixtures/dicom/kinds"
result = {}
for path in sorted(folder.glob("*.dcm")):
    file = pydicom.dcmread(path)
    if path.name in SYNTAX:
        file.file_meta.TransferSyntaxUID = SYNTAX[path.name]
        file["PixelData"].is_undefined_length = True
    # Decoders of lossy colour differ by rounding: GDCM's counts.
    plugin = "gdcm" if file.SamplesPerPixel == 3 and file.BitsAllocated == 8 else ""
    values = np.ascontiguousarray(pixel_array(file, decoding_plugin=plugin))
    entry = {"sha256": hashlib.sha256(values.astype("<i4").tobytes()).hexdigest()}
    groups = file.get("PerFrameFunctionalGroupsSequence")
    if groups:
        entry["heights"] = [float(item.PlanePositionSequence[0].ImagePositionPatient[2]) for item in groups]
    result[path.name] = entry
json.dump(result, sys.stdout, indent=1, sort_keys=True)
