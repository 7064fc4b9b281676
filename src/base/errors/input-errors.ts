import { type ErrorEntry, EXIT } from "./entry.js";

/** Errors of what is read: pictures, DICOM, records, embeddings. */
export const INPUT_ERRORS = {
  image_unreadable: {
    meaning: "The picture cannot be decoded: it is damaged, cut off, or not a picture.",
    remedy:
      "Open it in a viewer; supported are PNG, JPEG, WebP, GIF (its first frame), TIFF, AVIF and raw pixels; convert HEIC, BMP, SVG and PDF first.",
    exitCode: EXIT.input,
    httpStatus: 422,
  },
  image_too_large: {
    meaning: "The picture has more pixels or bytes than the limit, or decoding it takes more memory.",
    remedy:
      "Scale it down, or raise `limits` (maxPixels, maxSide, maxBytes, maxMemory) if the source is trusted.",
    exitCode: EXIT.input,
    httpStatus: 413,
  },
  image_timeout: {
    meaning: "Decoding the picture took longer than the limit.",
    remedy: "Scale it down, or raise `limits.timeout` if the source is trusted.",
    exitCode: EXIT.input,
    httpStatus: 422,
  },
  not_dicom: {
    meaning: "The file is not a DICOM file.",
    remedy: "Check the path; plain pictures are read by their own readers.",
    exitCode: EXIT.input,
    httpStatus: 415,
  },
  dicom_unreadable: {
    meaning: "The DICOM file is damaged, cut off, or contradicts itself.",
    remedy: "Fetch the file again from its source; `dcmdump` or `dciodvfy` shows where it breaks.",
    exitCode: EXIT.input,
    httpStatus: 422,
  },
  dicom_unsupported: {
    meaning: "The DICOM file is of a form that is not read here.",
    remedy: "Convert it with `gdcmconv --raw` or `dcmdjpeg` and pass the result.",
    exitCode: EXIT.input,
    httpStatus: 415,
  },
  dicom_no_picture: {
    meaning: "The DICOM file, folder or list holds no picture.",
    remedy:
      "Pass image objects; reports, plans and annotations hold none. Folders are for DICOM: name other pictures one by one (`*.png`).",
    exitCode: EXIT.input,
    httpStatus: 422,
  },
  dicom_modality: {
    meaning: "MedGemma was not trained on this kind of picture, so there is no rule for showing it.",
    remedy: 'Pass `rule: "display"` to show it as a viewer would; the answer is then worth less.',
    exitCode: EXIT.input,
    httpStatus: 422,
  },
  dicom_timeout: {
    meaning: "Decoding took longer than the limit and was ended.",
    remedy: "Raise `limits.timeout` if the source is trusted.",
    exitCode: EXIT.input,
    httpStatus: 422,
  },
  nifti_unreadable: {
    meaning: "The NIfTI volume is damaged, cut off, or of a kind that is not read.",
    remedy:
      "Check it with a NIfTI tool; .nii, .nii.gz and .hdr with .img beside it are read, of integers or floats.",
    exitCode: EXIT.input,
    httpStatus: 422,
  },
  text_unreadable: {
    meaning: "The file of text is in another encoding, cut off, binary, or too large.",
    remedy: "Save it as UTF-8 and pass that.",
    exitCode: EXIT.input,
    httpStatus: 422,
  },
  record_unreadable: {
    meaning: "The patient's record is not valid FHIR JSON, or holds nothing to read.",
    remedy: "Pass a FHIR R4 Bundle (object or JSON text), NDJSON of resources, or plain text.",
    exitCode: EXIT.input,
    httpStatus: 422,
  },
  space_mismatch: {
    meaning: "Vectors of different projectors or poolings were put together.",
    remedy:
      "Embed all pictures with one projector file and the same `pool` and `normalize`; then fit or index anew.",
    exitCode: EXIT.input,
    httpStatus: 400,
  },
  head_invalid: {
    meaning: "The saved head is damaged or of another version.",
    remedy: "Fit it again with `fitHead` and save it.",
    exitCode: EXIT.input,
    httpStatus: 422,
  },
  index_unusable: {
    meaning: "The index of embeddings cannot be opened or written.",
    remedy:
      "One process at a time may hold an index: close the other one. A damaged or foreign file must be made anew.",
    exitCode: EXIT.input,
    httpStatus: 500,
  },
} as const satisfies Record<string, ErrorEntry>;
