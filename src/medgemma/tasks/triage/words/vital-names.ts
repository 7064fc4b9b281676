import type { VitalName } from "../scale.js";

/** How a vital sign is named and written, in English, German, Spanish and French; pieces in the form of `normalise`. */
export interface VitalWords {
  readonly vital: VitalName;
  /** In front of the number. */
  readonly names: readonly string[];
  /** Units that may follow; a number with any other unit is of something else. */
  readonly units: readonly string[];
  /** Units that name the sign by themselves: "180 bpm". */
  readonly telling?: readonly string[] | undefined;
  /** Numbers that are read; others are a slip, or of something else. */
  readonly from: number;
  readonly to: number;
  /** A bound on this side of it says nothing of danger: "SpO2 > 90 %". */
  readonly safe?: "above" | "below" | undefined;
}

/** With its preposition: "pulse 20 min" is a time. */
const MINUTE = "(?:(?:times|mal|x) )?(?:/|per|an?|pro|por|par|la|je) ?(?:min(?:ut[eo]s?|uten?)?|mn)";
/** A rate of a catheter's size is none: "Fr 16 catheter". */
const ENDS = "(?= ?[:=]? ?\\d+ ?(?:$|[/,.;\\n]|rpm|par|por|resp|cycles))";

export const VITAL_WORDS: readonly VitalWords[] = [
  {
    vital: "spo2",
    names: [
      "(?:sp|sa|s)o2(?: ?sats?)?",
      "(?:o2|oxygen|blood oxygen)(?: ?sats?| saturations?)",
      "o2(?= ?[:=]? ?\\d\\d ?%)(?! ?[:=]? ?\\d\\d ?% (?:via|mask|flow))",
      "sats",
      "sat ?o2",
      "sat(?= ?[:=]? ?(?:of |at |is )?\\d\\d ?%)",
      "(?<=(?:^|[,.;:\\n]) ?)sat",
      "(?<!(?:transferrin|iron|venous) )(?:de ?)?saturat(?:ions?|ing|es|ed)",
      "desats?",
      "pulse ?ox(?:imetry|imeter)?",
      "(?:sauerstoff ?)?sattigung",
      "saturation (?:en |d |de )(?:o2|oxygene)",
      "(?:satura(?:cion|ndo)?|sature)(?: (?:de |d |en )?(?:o2|oxigeno|oxygene))?",
    ],
    units: ["%", "percent", "prozent", "por ciento", "pour ?cent"],
    telling: [
      "%(?= (?:on |an |auf |bei |en |al? |sous )?(?:room air|air(?: ambiante?)?|ra|raumluft|aire?(?: ambiente)?))",
    ],
    from: 30,
    to: 100,
    safe: "above",
  },
  {
    vital: "respiratoryRate",
    names: [
      "rr",
      "respiratory rate",
      "respiratory(?= ?[:=]? ?\\d)",
      "respirations?(?: rate)?",
      "breath(?:ing|s)?(?: rate)?(?: at| of)?(?= ?[:=]? ?\\d+ ?(?:/|per|a|times|breaths))",
      "breathing rate",
      "tachypno?eic",
      "bradypno?eic",
      "atem ?frequenz",
      "af",
      `fr${ENDS}`,
      "frecuencia respiratoria",
      "frequence respiratoire",
    ],
    units: [MINUTE, `breaths? ?${MINUTE}`, "breaths", "respirations"],
    telling: [`(?:breaths?|respirations?|atemzuge|respiraciones|cycles|resp) ?${MINUTE}`],
    from: 1,
    to: 60,
  },
  {
    vital: "heartRate",
    names: [
      "(?<!(?:fetal|foetal|max|maximum|predicted) )(?:hr|heart ?rates?)",
      "pulse(?! ?ox)(?: rate)?",
      "p(?= ?[:=]? ?\\d{2,3} ?(?:bpm|/ ?min))",
      "puls(?:rate)?",
      "tachycardi[ac]",
      "tachycard(?:e|ie)?",
      "tachykard(?:ie)?",
      "taquicardi[ac][oa]?",
      "bradycardi[ac]",
      "brady ?[ck]ard(?:e|ie)?",
      "bradicardi[ac][oa]?",
      "herz ?frequenz",
      "hf",
      "fc",
      "frecuencia cardiaca",
      "frequence cardiaque",
      "pouls",
      "pulso",
    ],
    units: ["bpm", MINUTE, `beats? ?${MINUTE}`, "lpm", "schlage", `schlage ?${MINUTE}`],
    telling: ["bpm", "lpm", `(?:beats?|schlage|latidos|battements) ?${MINUTE}`],
    from: 10,
    to: 300,
  },
  {
    vital: "temperature",
    names: [
      "(?<!(?:room|water|air|outside|ambient|oven) )temp(?:erature?|eratura?)?",
      // The twelve vertebrae of that name are below.
      "t(?= ?[:=]? ?(?:2[5-9]|3\\d|4[0-5]|\\d\\d ?°)(?!\\d))",
      "fever",
      "febrile",
      "fieber",
      "fiebre",
      "fievre",
    ],
    units: ["°", "° ?[cf]", "[cf]", "degrees?(?: [cf]| celsius| fahrenheit)?", "grad", "grados", "degres?"],
    telling: ["° ?[cf]"],
    from: 25,
    to: 113,
  },
  {
    vital: "gcs",
    // To 8 they are words of level 1 (esi-words/consciousness.ts).
    names: ["gcs", "glasgow(?: coma)?(?: (?:scale|score))?"],
    units: ["/ ?15", "von 15", "sobre 15", "sur 15", "of 15", "out of 15"],
    from: 9,
    to: 15,
    safe: "above",
  },
  {
    vital: "systolicBp",
    names: [
      "bp",
      "sbp",
      "(?:rr|bp|bd|ta|pa|blut ?druck) ?sys(?:t(?:ol\\w*)?)?(?: ?\\.)?",
      "bd",
      "(?:systolic|systole|systolisch\\w*|sistolica|systolique)(?: (?:bp|blood pressure|pressure|blutdruck|rr))?",
      "blood pressure",
      "blut ?druck",
      "hypotensi(?:ve|v)",
      "hypoton",
      "(?:presion|tension)(?: arterielle?)?",
      "(?:presion|tension) arterial",
      "hipotens[oa]",
      "hypotendue?",
    ],
    units: [
      "mm ?hg",
      "systolic",
      "systolisch",
      "systole",
      "sistolica",
      "systolique",
      "palp\\w*",
      "by palp\\w*",
    ],
    telling: ["(?:mm ?hg )?(?:systolic|systolisch)"],
    from: 20,
    to: 300,
    safe: "above",
  },
];

/** Before two numbers with a stroke: "RR 60/30" is a pressure in German, and "RR 6" a rate. */
export const PRESSURE_NAMES: readonly string[] = [
  ...(VITAL_WORDS.find((it) => it.vital === "systolicBp")?.names ?? []),
  "rr",
  "ta",
  "pa",
  "t ?/ ?a",
];
/** Of these, in French and Spanish in centimetres too: "TA 6/3". */
export const IN_CENTIMETRES = /^(?:ta|pa|t ?\/ ?a|tension|presion)/;
