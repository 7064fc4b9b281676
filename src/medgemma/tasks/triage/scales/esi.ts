import type { TriageScale, VitalRule } from "../scale.js";
import { CHILDREN } from "./children.js";
import { esiQuestions } from "./esi-questions.js";
import { esiWords } from "./esi-words/index.js";
import { NEWS2_SCORE } from "./news2.js";
import { PREGNANCY } from "./pregnancy.js";

const HANDBOOK =
  "Gilboy N, Tanabe P, Travers D, Rosenau AM. Emergency Severity Index (ESI): A Triage Tool for Emergency Department Care, Version 4. Implementation Handbook 2012 Edition. AHRQ Publication No. 12-0014. Rockville, MD: AHRQ, 2011";
const DANGER = `${HANDBOOK}; decision point D, danger zone vitals (the handbook says: consider level 2; here they always count, for nobody stands at the bedside)`;
const LIFE = `${HANDBOOK}; decision point A, notes to the algorithm`;
const CONFUSED = `${HANDBOOK}; decision point B, new onset of confusion, lethargy or disorientation`;
const DISTRESS = `${HANDBOOK}; decision point B, severe distress, as patients say it`;
const FEVER = `${HANDBOOK}; notes to the algorithm, pediatric fever considerations`;

const THREE_MONTHS = 0.25;
const MONTH = 28 / 365.25;

/** Heart and breathing rates above which a vital sign is in the danger zone. */
const DANGER_BY_AGE = [
  { fromAge: 0, toAge: THREE_MONTHS, heartRate: 180, respiratoryRate: 50 },
  { fromAge: THREE_MONTHS, toAge: 3, heartRate: 160, respiratoryRate: 40 },
  // The rows are "3-8 y" and "> 8 y".
  { fromAge: 3, throughAge: 8, heartRate: 140, respiratoryRate: 30 },
  { overAge: 8, heartRate: 100, respiratoryRate: 20 },
] as const;

const dangerZone: VitalRule[] = DANGER_BY_AGE.flatMap(({ heartRate, respiratoryRate, ...age }) => [
  { id: "esi-danger-hr", vital: "heartRate", above: heartRate, ...age, level: 2, source: DANGER },
  { id: "esi-danger-rr", vital: "respiratoryRate", above: respiratoryRate, ...age, level: 2, source: DANGER },
]);

/** No policy of the handbook: it gives no limit for blood pressure, low rates or low temperature in adults. */
const OURS =
  "this package: ESI has no such limit, so the National Early Warning Score's threshold for an urgent response (RCP 2017: 5 in all, or 3 in one parameter) counts as ESI 2";

export const ESI: TriageScale = {
  id: "esi",
  name: "Emergency Severity Index, version 4",
  version: 6,
  source: HANDBOOK,
  levels: [
    { level: 1, name: "immediate", meaning: "Requires an immediate life-saving intervention." },
    {
      level: 2,
      name: "emergent",
      meaning: "High risk, or newly confused, lethargic or disoriented, or in severe pain or distress.",
    },
    {
      level: 3,
      name: "urgent",
      meaning: "Two or more resources needed; vital signs outside the danger zone.",
    },
    { level: 4, name: "less urgent", meaning: "One resource needed." },
    { level: 5, name: "non-urgent", meaning: "No resource needed." },
  ],
  rules: [
    { id: "esi-spo2-90", vital: "spo2", below: 90, level: 1, source: LIFE },
    { id: "esi-pulseless", vital: "heartRate", below: 1, level: 1, source: LIFE },
    { id: "esi-apnea", vital: "respiratoryRate", below: 1, level: 1, source: LIFE },
    { id: "esi-unresponsive", vital: "avpu", among: ["P", "U"], level: 1, source: LIFE },
    {
      id: "esi-coma",
      vital: "gcs",
      below: 9,
      level: 1,
      source: `${LIFE}; a coma scale below 9 is taken for unresponsive`,
    },
    { id: "esi-danger-spo2", vital: "spo2", below: 92, level: 2, source: DANGER },
    ...dangerZone,
    { id: "esi-altered", vital: "avpu", among: ["C", "V"], level: 2, source: CONFUSED },
    { id: "esi-altered-gcs", vital: "gcs", below: 15, level: 2, source: CONFUSED },
    { id: "esi-fever-28-days", vital: "temperature", above: 38, toAge: MONTH, level: 2, source: FEVER },
    {
      id: "esi-fever-3-months",
      vital: "temperature",
      above: 38,
      fromAge: MONTH,
      toAge: THREE_MONTHS,
      level: 2,
      source: FEVER,
    },
    {
      id: "esi-fever-3-years",
      vital: "temperature",
      above: 39,
      fromAge: THREE_MONTHS,
      toAge: 3,
      level: 3,
      source: FEVER,
    },
    ...CHILDREN,
    ...PREGNANCY,
  ],
  questions: esiQuestions(LIFE),
  words: esiWords({ life: LIFE, confused: CONFUSED, distress: DISTRESS }),
  score: {
    score: NEWS2_SCORE,
    levels: [
      { total: 5, level: 2, source: OURS },
      { single: 3, level: 2, source: OURS },
    ],
  },
};
