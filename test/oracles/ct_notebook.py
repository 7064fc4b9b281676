#!/usr/bin/env python3
"""CT pictures as Google's notebook high_dimensional_ct_hugging_face.ipynb makes them, as hashes.

Read from the notebook at commit d89262cd89e1d281eddbecb21fa83584a508f46f of Google-Health/medgemma (Apache-2.0), whose
cells "Load image slices" and "Visualize CT slice windowing" this says in other words: pydicom's rescale, clip, float32,
normalise, round. Windows of model 1.0 are those that Google published for it (docs/dicom.md).

Needs pydicom 3, numpy and pylibjpeg's plug-ins.
    ct_notebook.py KEY=PATH ...     prints test/fixtures/dicom/google/ct-notebook.json
"""
import hashlib
import json
import sys

import numpy as np
import pydicom
from pydicom.pixels import apply_rescale

RANGES = {
    "1.5": ((-1024, 1024), (-135, 215), (0, 80)),
    "1.0": ((-1225, 1025), (-135, 215), (0, 80)),
}


def hounsfield(dataset):
    pixels = dataset.pixel_array if dataset.pixel_array.ndim == 2 else dataset.pixel_array[0]
    for groups in ("PerFrameFunctionalGroupsSequence", "SharedFunctionalGroupsSequence"):
        transformation = groups in dataset and dataset[groups][0].get("PixelValueTransformationSequence")
        if transformation:
            return apply_rescale(pixels, transformation[0])
    return apply_rescale(pixels, dataset)


def channel(units, low, high):
    shade = np.clip(units, low, high).astype(np.float32)
    shade -= low
    shade /= high - low
    shade *= 255.0
    return np.round(shade, 0).astype(np.uint8)


def picture_hash(units, ranges):
    picture = np.stack([channel(units, low, high) for low, high in ranges], axis=-1)
    return hashlib.sha256(np.ascontiguousarray(picture).tobytes()).hexdigest()


def main():
    result = {}
    for argument in sys.argv[1:]:
        key, _, path = argument.partition("=")
        units = hounsfield(pydicom.dcmread(path))
        result[key] = {model: picture_hash(units, ranges) for model, ranges in RANGES.items()}
    json.dump(result, sys.stdout, indent=1, sort_keys=True)
    print()


main()
