/** Triage scales as data. A scale of your own is an object of this shape. */
export interface TriageScale {
  /** Goes into results. */
  readonly id: string;
  readonly name: string;
  /** Rises when a limit or a word changes. */
  readonly version: number;
  /** Where its limits are published. */
  readonly source: string;
  /** Most urgent first. */
  readonly levels: readonly TriageLevel[];
  /** Limits that make a case at least as urgent as a level, whatever the model says. */
  readonly rules: readonly VitalRule[];
  /** Words of the complaint or the symptoms that do the same. Defaults to none. */
  readonly words?: readonly WordRule[] | undefined;
  /** Asked of the model one by one; a yes makes a case at least as urgent. Defaults to none. */
  readonly questions?: readonly ScaleQuestion[] | undefined;
  /** A score over the vital signs. Defaults to none. */
  readonly score?: ScoreUse | undefined;
  /** `rules`: the level is the score's alone and the model only adds words. Defaults to `model`. */
  readonly decides?: "model" | "rules" | undefined;
}

export interface TriageLevel {
  /** 1 is the most urgent. */
  readonly level: number;
  readonly name: string;
  readonly meaning: string;
}

/** Names of the numbers in `vitals`. */
export type VitalName =
  | "heartRate"
  | "respiratoryRate"
  | "spo2"
  | "systolicBp"
  | "diastolicBp"
  | "temperature"
  | "gcs";

export interface VitalRule {
  readonly id: string;
  readonly vital: VitalName | "avpu";
  /** Holds when the patient's consciousness is one of these; of `avpu` only. */
  readonly among?: readonly ("A" | "C" | "V" | "P" | "U")[] | undefined;
  /** Holds when the value is above this. */
  readonly above?: number | undefined;
  /** Holds when the value is below this. */
  readonly below?: number | undefined;
  /** Holds when the value is this or less. */
  readonly atMost?: number | undefined;
  /** Years: from, and up to but not with. Default to all ages. */
  readonly fromAge?: number | undefined;
  readonly toAge?: number | undefined;
  /** Years: up to and with; and above, but not with. Default to all ages. */
  readonly throughAge?: number | undefined;
  readonly overAge?: number | undefined;
  /** `true`: holds in pregnancy only. Defaults to `false`, for everybody. */
  readonly pregnant?: boolean | undefined;
  readonly level: number;
  readonly source: string;
}

export interface WordRule {
  readonly id: string;
  /**
   * Read against the text without capitals, accents, hyphens and contractions ("isn't" is "is not"), abbreviations in
   * full; docs/tasks/triage.md tells the form. A space should be `\\s+`, for a line may end there.
   */
  readonly pattern: RegExp;
  readonly level: number;
  readonly source: string;
  /** How its words are used. Defaults to words that say how somebody is. */
  readonly grammar?: WordGrammar | undefined;
}

/** What the rules for denial, time and person have to know of words. */
export interface WordGrammar {
  /** They name a thing ("apnoea"), which a list can deny: "denies fever and apnoea". Defaults to `false`. */
  readonly noun?: boolean | undefined;
  /** Usual in lists of what was asked without "or": "no fever, cough, apnoea". Defaults to `false`. */
  readonly listed?: boolean | undefined;
  /** May be said of a limb, which is then not the patient: "no pulse in the foot". Defaults to `false`. */
  readonly limbs?: boolean | undefined;
  /** May be said of a thing: "phone unresponsive". Defaults to `false`. */
  readonly things?: boolean | undefined;
  /** Somebody does it for the patient: "wife performing CPR" is not the wife's. Defaults to `false`. */
  readonly measure?: boolean | undefined;
  /** May be said of an illness that a treatment does not help: "cough unresponsive to antibiotics". Defaults to `false`. */
  readonly treatable?: boolean | undefined;
  /** The level where it was, hours or a day ago, and is over. Defaults to the rule's level. */
  readonly endedLevel?: number | undefined;
  /** A sentence with these words means something else. Defaults to none. */
  readonly unless?: RegExp | undefined;
}

export interface ScaleQuestion {
  readonly id: string;
  /** About "the patient" and now; the answer is yes or no. */
  readonly question: string;
  readonly level: number;
  readonly source: string;
}

/** How a score makes levels. */
export interface ScoreUse {
  readonly score: VitalScore;
  /** In this order; the first that holds counts. */
  readonly levels: readonly {
    /** Total of at least this. */
    readonly total?: number | undefined;
    /** One parameter of at least this. */
    readonly single?: number | undefined;
    readonly level: number;
    readonly source: string;
  }[];
}

export interface VitalScore {
  readonly id: string;
  readonly name: string;
  readonly source: string;
  /** Years; younger patients get no score. */
  readonly fromAge: number;
  readonly parameters: readonly ScoreParameter[];
}

export interface ScoreParameter {
  readonly vital: VitalName | "oxygen" | "consciousness";
  /** Value up to and with `to` gets `points`; the last band has no `to`. */
  readonly bands: readonly { readonly to?: number | undefined; readonly points: number }[];
  /** Bands for a patient with a prescribed saturation of 88-92 %; on air and on oxygen. */
  readonly scale2?:
    | { readonly air: ScoreParameter["bands"]; readonly oxygen: ScoreParameter["bands"] }
    | undefined;
}
