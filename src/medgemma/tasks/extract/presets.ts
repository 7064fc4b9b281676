import type { JsonSchema } from "../../run/structured/structured.js";

/** Words that ask for an extraction. `version` rises when a word changes. */
export interface ExtractPreset {
  readonly id: string;
  readonly version: number;
  readonly system?: string | undefined;
  readonly instruction: string;
  /** The words name all fields, so that the schema need not be told. */
  readonly describes?: boolean | undefined;
}

/** One test of a laboratory report, with the fields that MedGemma was evaluated on. */
export interface LabTest {
  /** As printed: "Haemoglobin". */
  readonly name: string;
  /** As printed, without the unit: "13.2", "negative". */
  readonly result: string;
  readonly unit: string | null;
  /** Reference range as printed: "12.0 - 16.0". */
  readonly range: string | null;
  /** The group it is printed under: "Complete blood count". */
  readonly panel: string | null;
  readonly method: string | null;
  readonly specimen: string | null;
  /** DD-MM-YYYY, or DD-MM-YYYY HH:MM:SS where a time is printed. */
  readonly sample_collection_time: string | null;
}

const text = (maxLength: number) => ({ type: "string", minLength: 1, maxLength });
const printed = (maxLength: number) => ({ type: ["string", "null"], minLength: 1, maxLength });

/** All tests of a laboratory report. The lengths end texts that a model would go on with. */
export const LAB_REPORT_SCHEMA: JsonSchema<LabTest[]> = Object.freeze({
  type: "array",
  maxItems: 200,
  items: {
    type: "object",
    properties: {
      name: text(120),
      result: text(120),
      unit: printed(40),
      range: printed(120),
      panel: printed(120),
      method: printed(120),
      specimen: printed(80),
      sample_collection_time: {
        type: ["string", "null"],
        pattern:
          "^(?:0[1-9]|[12]\\d|3[01])-(?:0[1-9]|1[0-2])-\\d{4}(?: (?:[01]\\d|2[0-3]):[0-5]\\d:[0-5]\\d)?$",
      },
    },
    required: ["name", "result", "unit", "range", "panel", "method", "specimen", "sample_collection_time"],
    additionalProperties: false,
  },
});

export const EXTRACT_PRESETS = {
  picture: { id: "extract-picture", version: 1, instruction: "Extract the findings as JSON." },
  text: { id: "extract-text", version: 1, instruction: "Extract the data as JSON." },
  /** After the prompt in MedGemma's technical report (1.5), of which parts were published. */
  labReport: {
    id: "extract-lab-report",
    version: 1,
    system: "You are a Clinical Data Extraction Specialist.",
    instruction:
      "Extract all lab tests into a JSON list. Each test object has the keys name, result, unit, range, panel, method, specimen, sample_collection_time (formatted as DD-MM-YYYY HH:MM:SS). Use null for what is not stated.",
    describes: true,
  },
} as const satisfies Record<string, ExtractPreset>;
