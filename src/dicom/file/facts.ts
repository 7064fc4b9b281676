import { ageOf } from "./age.js";
import { FrameAttributes, readGeometry } from "./attributes.js";
import type { Dataset } from "./dataset.js";
import { KNOWN_MODALITIES } from "./modalities.js";
import { TAG } from "./tags.js";
import { MODALITY_OF_SOP_CLASS, SOP_CLASS, type TransferSyntax } from "./uids.js";

/**
 * What may leave the reader: numbers and words of closed lists. Names, ids, dates, descriptions and UIDs are not here,
 * and a coded attribute whose value is not in its list is dropped, for someone may have typed a name into it.
 */
export interface DicomFacts {
  /** Defined term of Modality; inferred from the SOP class when empty; "unknown" when neither says. */
  readonly modality: string;
  readonly bodyPart?: string | undefined;
  /** `AP`, `PA`, `LATERAL`, `CC`, `MLO`, ... */
  readonly view?: string | undefined;
  /** `R`, `L`, `B` (both) or `U` (unpaired). */
  readonly laterality?: string | undefined;
  readonly sex?: "M" | "F" | "O" | undefined;
  /** Completed years; below 2 years with tenths; 90 stands for 90 and more. */
  readonly ageYears?: number | undefined;
  /** Completed months; below 2 years only. */
  readonly ageMonths?: number | undefined;
  readonly rows: number;
  readonly columns: number;
  readonly frames: number;
  /** Millimetres between rows and between columns. */
  readonly spacing?: readonly [number, number] | undefined;
  /** `imager`: measured on the detector, so lengths in the patient are smaller. */
  readonly spacingSource?: "pixel" | "imager" | undefined;
  /** Millimetres. */
  readonly sliceThickness?: number | undefined;
  readonly photometric?: string | undefined;
  readonly bitsStored?: number | undefined;
  readonly transferSyntax: string;
  /** Lossy Image Compression (0028,2110) is "01". */
  readonly lossy: boolean;
  readonly burnedIn: "yes" | "no" | "not stated";
  readonly secondaryCapture: boolean;
  readonly localizer: boolean;
  readonly derived: boolean;
  /** Detector values before the manufacturer's processing. */
  readonly forProcessing?: boolean | undefined;
}

/** Body parts (PS3.16 annex L) that are likely on pictures this model reads. */
const BODY_PARTS = new Set(
  (
    "ABDOMEN ABDOMENPELVIS ADRENAL ANKLE AORTA ARM AXILLA BACK BLADDER BRAIN BREAST BRONCHUS BUTTOCK CALCANEUS CALF " +
    "CAROTID CEREBELLUM CERVIX CHEEK CHEST CHESTABDOMEN CHESTABDPELVIS CIRCLEOFWILLIS CLAVICLE COCCYX COLON CORNEA " +
    "CORONARYARTERY CSPINE CTSPINE DUODENUM EAR ELBOW ESOPHAGUS EXTREMITY EYE EYELID FACE FEMUR FINGER FOOT GALLBLADDER " +
    "HAND HEAD HEADNECK HEART HIP HUMERUS ILEUM ILIUM IAC JAW JEJUNUM KIDNEY KNEE LARYNX LEG LIVER LOWERLEG LSPINE LSSPINE " +
    "LUNG MAXILLA MEDIASTINUM MOUTH NECK NECKCHEST NECKCHESTABDOMEN NECKCHESTABDPELV NOSE ORBIT OVARY PANCREAS PARATHYROID " +
    "PAROTID PATELLA PELVIS PENIS PHARYNX PROSTATE RADIUS RECTUM RENALARTERY RIB RIBS SACRUM SCALP SCAPULA SCLERA SCROTUM " +
    "SELLA SHOULDER SINUS SIJOINT SKIN SKULL SPINE SPLEEN SSPINE STERNUM STOMACH TESTIS THIGH THORAX THUMB THYMUS THYROID " +
    "TIBIA TIBFIB TLSPINE TMJ TOE TONGUE TRACHEA TSPINE ULNA UMBILICUS URETER URETHRA UTERUS VAGINA WHOLEBODY WRIST ZYGOMA"
  ).split(" "),
);

const VIEWS = new Set(
  (
    "AP PA LL RL RLD LLD RLO LLO LAT LATERAL OBLIQUE OBL AXIAL CC MLO ML LM LMO SIO XCC XCCL XCCM FB SUPINE ERECT DECUB " +
    "SWIMMERS TANGENTIAL SKYLINE LORDOTIC TOWNE WATERS CALDWELL"
  ).split(" "),
);

function fromList(dataset: Dataset, tag: string, list: ReadonlySet<string>): string | undefined {
  const text = dataset.string(tag)?.toUpperCase();
  return text !== undefined && list.has(text) ? text : undefined;
}

export function modalityOf(dataset: Dataset): string {
  const stated = dataset.string(TAG.modality)?.toUpperCase();
  if (stated !== undefined) return KNOWN_MODALITIES.has(stated) ? stated : "unknown";
  return MODALITY_OF_SOP_CLASS.get(dataset.string(TAG.sopClass) ?? "") ?? "unknown";
}

function isForProcessing(dataset: Dataset): boolean {
  const intent = dataset.string(TAG.presentationIntent)?.toUpperCase();
  return intent === undefined
    ? SOP_CLASS.forProcessing.includes(dataset.string(TAG.sopClass) ?? "")
    : intent === "FOR PROCESSING";
}

function burnedInOf(dataset: Dataset): DicomFacts["burnedIn"] {
  const text = dataset.string(TAG.burnedIn)?.toUpperCase();
  return text === "YES" ? "yes" : text === "NO" ? "no" : "not stated";
}

/** Values of Image Type (0008,0008), also from the frame's group in Enhanced objects. */
function imageTypes(dataset: Dataset): string[] {
  return dataset.strings(TAG.imageType).map((value) => value.toUpperCase());
}

export function readFacts(dataset: Dataset, syntax: TransferSyntax, frame = 0): DicomFacts {
  const attributes = new FrameAttributes(dataset, frame);
  const geometry = readGeometry(dataset, frame);
  const types = imageTypes(dataset);
  const sex = dataset.string(TAG.patientSex)?.toUpperCase();
  const side = (dataset.string(TAG.imageLaterality) ?? dataset.string(TAG.laterality))?.toUpperCase();
  const bodyPart = fromList(dataset, TAG.bodyPart, BODY_PARTS);
  const view = fromList(dataset, TAG.viewPosition, VIEWS);
  const thickness = attributes.number(TAG.pixelMeasures, TAG.sliceThickness);
  const photometric = dataset.string(TAG.photometric)?.toUpperCase();
  const bitsStored = dataset.uint16(TAG.bitsStored);
  return {
    modality: modalityOf(dataset),
    ...(bodyPart === undefined ? {} : { bodyPart }),
    ...(view === undefined ? {} : { view }),
    ...(side === "R" || side === "L" || side === "B" || side === "U" ? { laterality: side } : {}),
    ...(sex === "M" || sex === "F" || sex === "O" ? { sex } : {}),
    ...ageOf(dataset),
    rows: dataset.uint16(TAG.rows) ?? 0,
    columns: dataset.uint16(TAG.columns) ?? 0,
    frames: Math.max(1, Math.trunc(dataset.number(TAG.numberOfFrames) ?? 1)),
    ...(geometry.spacing === undefined ? {} : { spacing: geometry.spacing }),
    ...(geometry.spacingSource === undefined ? {} : { spacingSource: geometry.spacingSource }),
    ...(thickness === undefined || thickness <= 0 ? {} : { sliceThickness: thickness }),
    ...(photometric !== undefined &&
    /^(MONOCHROME[12]|PALETTE COLOR|A?RGB|YBR_(FULL|FULL_422|PARTIAL_42[02]|ICT|RCT))$/.test(photometric)
      ? { photometric }
      : {}),
    ...(bitsStored === undefined ? {} : { bitsStored }),
    transferSyntax: syntax.name,
    lossy: dataset.string(TAG.lossy) === "01",
    burnedIn: burnedInOf(dataset),
    secondaryCapture: SOP_CLASS.secondaryCapture.includes(dataset.string(TAG.sopClass) ?? ""),
    localizer: types.includes("LOCALIZER"),
    derived: types[0] === "DERIVED",
    ...(isForProcessing(dataset) ? { forProcessing: true } : {}),
  };
}
