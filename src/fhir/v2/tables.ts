import { table } from "../../base/table.js";

/** Tables of HL7 v2, and where its segments number what they tell of. */

/** Segments that say nothing about health: headers, acknowledgements, queries, insurances, appointments. */
export const SILENT: ReadonlySet<string> = new Set(
  (
    "MSH EVN FHS FTS BHS BTS MSA ERR SFT UAC PD1 NK1 GT1 ROL PRT STF " +
    "IN1 IN2 IN3 QRD QRF QPD RCP QAK DSC ORC TQ1 SPM CTI PV2 TXA MRG"
  ).split(" "),
);

/** ORC-1, HL7 table 0119: what came of an order. */
export const ORDERS: Readonly<Record<string, string>> = table({
  ...{
    CA: "cancelled",
    OC: "cancelled",
    CR: "cancelled",
    UA: "cancelled",
    DC: "stopped",
    OD: "stopped",
    DR: "stopped",
  },
  ...{ HD: "on-hold", OH: "on-hold", HR: "on-hold" },
});
/** OBX-11, table 0085. */
export const RESULTS: Readonly<Record<string, string>> = table({
  ...{ F: "final", C: "corrected", A: "amended", P: "preliminary", R: "preliminary", S: "preliminary" },
  ...{ D: "entered-in-error", W: "entered-in-error", X: "cancelled", I: "registered" },
});

/** Fields with a number of the thing itself. */
export const NUMBERED: Readonly<Record<string, number>> = table({ DG1: 20, PRB: 4, IAM: 7 });
/** Things that an order's number and these fields tell from others: a medicine, a vaccine and its day. */
export const ORDERED: Readonly<Record<string, readonly number[]>> = table({
  RXO: [1],
  RXE: [2],
  RXA: [3, 5],
});

/** Table 0078, of which the codes alone say little. */
export const FLAGS: Readonly<Record<string, string>> = table({
  ...{ L: "Low", H: "High", LL: "Critically low", HH: "Critically high", N: "Normal", A: "Abnormal" },
  ...{
    AA: "Critically abnormal",
    S: "Susceptible",
    R: "Resistant",
    I: "Intermediate",
    POS: "Positive",
    NEG: "Negative",
  },
});
