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
  readonly words?: readonly WordRule[];
  /** A score over the vital signs. Defaults to none. */
  readonly score?: ScoreUse;
  /** `rules`: the level is the score's alone and the model only adds words. Defaults to `model`. */
  readonly decides?: "model" | "rules";
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
  readonly among?: readonly ("A" | "C" | "V" | "P" | "U")[];
  /** Holds when the value is above this. */
  readonly above?: number;
  /** Holds when the value is below this. */
  readonly below?: number;
  /** Years: from, and up to but not with. Default to all ages. */
  readonly fromAge?: number;
  readonly toAge?: number;
  readonly level: number;
  readonly source: string;
}

export interface WordRule {
  readonly id: string;
  readonly pattern: RegExp;
  readonly level: number;
  readonly source: string;
}

/** How a score makes levels. */
export interface ScoreUse {
  readonly score: VitalScore;
  /** In this order; the first that holds counts. */
  readonly levels: readonly {
    /** Total of at least this. */
    readonly total?: number;
    /** One parameter of at least this. */
    readonly single?: number;
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
  readonly bands: readonly { readonly to?: number; readonly points: number }[];
  /** Bands for a patient with a prescribed saturation of 88-92 %; on air and on oxygen. */
  readonly scale2?: { readonly air: ScoreParameter["bands"]; readonly oxygen: ScoreParameter["bands"] };
}
