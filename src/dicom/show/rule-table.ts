/** How each kind of picture is shown to the model, as data. The reference is Google's notebooks and serving code. */

export type ModelVersion = "1.0" | "1.5";
export type RuleKind = "ct" | "xray" | "mr" | "photo" | "display";

/** A Hounsfield range that fills one colour channel. */
export interface ChannelWindow {
  readonly low: number;
  readonly high: number;
  readonly channel: "red" | "green" | "blue";
}

/**
 * CT windows by model. 1.5: ranges of the CT notebook (Google's serving code has 135..215 for green, contradicting its
 * own comment; the notebook says what the model was trained on). 1.0: W2250/L-100, W350/L40, W80/L40.
 */
export const CT_WINDOWS: Readonly<Record<ModelVersion, readonly ChannelWindow[]>> = {
  "1.5": [
    { low: -1024, high: 1024, channel: "red" },
    { low: -135, high: 215, channel: "green" },
    { low: 0, high: 80, channel: "blue" },
  ],
  "1.0": [
    { low: -1225, high: 1025, channel: "red" },
    { low: -135, high: 215, channel: "green" },
    { low: 0, high: 80, channel: "blue" },
  ],
};

interface ModalityRule {
  readonly rule: RuleKind;
  /** Said to the user when the rule is ours and not the reference's. */
  readonly note?: string;
}

const PHOTO: ModalityRule = { rule: "photo" };

/** Rules by Modality (0008,0060). Kinds that are absent were no part of the training, and are refused. */
export const MODALITY_RULES: ReadonlyMap<string, ModalityRule> = new Map<string, ModalityRule>([
  ["CT", { rule: "ct" }],
  ["CR", { rule: "xray" }],
  ["DX", { rule: "xray" }],
  [
    "MG",
    {
      rule: "xray",
      note: "Mammograms are shown as radiographs are, without a window; the reference has no rule for them.",
    },
  ],
  ["MR", { rule: "mr" }],
  ["XC", PHOTO],
  ["GM", PHOTO],
  ["SM", PHOTO],
  ["DMS", { rule: "photo", note: "Dermoscopy is shown as stored; the reference has no rule for it." }],
  [
    "OP",
    {
      rule: "photo",
      note: "Photographs of the eye are shown as stored; the reference has no rule for them.",
    },
  ],
  ["US", { rule: "photo", note: "Ultrasound is shown as stored; the reference has no rule for it." }],
  ["OT", { rule: "photo", note: "A secondary capture or other picture is shown as a viewer would." }],
  ["SC", { rule: "photo", note: "A secondary capture or other picture is shown as a viewer would." }],
]);

/** Kinds on which identifying text is often part of the pixels. */
export const BURNS_IN_TEXT: ReadonlySet<string> = new Set(["US", "OT", "SC", "XC", "OP", "ES", "XA", "RF"]);

/** At most this many slices of a volume go into one prompt (CT notebook). */
export const MAX_SLICES = 85;

/** Modalities that form volumes. */
export const VOLUME_MODALITIES: ReadonlySet<string> = new Set(["CT", "MR"]);
