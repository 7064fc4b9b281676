import type { TriageScale, VitalScore } from "../scale.js";

const SOURCE =
  "Royal College of Physicians. National Early Warning Score (NEWS) 2: Standardising the assessment of acute-illness severity in the NHS. Updated report of a working party. London: RCP, 2017";

/** Chart 1 of the report. */
export const NEWS2_SCORE: VitalScore = {
  id: "news2",
  name: "National Early Warning Score 2",
  source: `${SOURCE}, chart 1`,
  fromAge: 16,
  parameters: [
    {
      vital: "respiratoryRate",
      bands: [
        { to: 8, points: 3 },
        { to: 11, points: 1 },
        { to: 20, points: 0 },
        { to: 24, points: 2 },
        { points: 3 },
      ],
    },
    {
      vital: "spo2",
      bands: [{ to: 91, points: 3 }, { to: 93, points: 2 }, { to: 95, points: 1 }, { points: 0 }],
      scale2: {
        air: [{ to: 83, points: 3 }, { to: 85, points: 2 }, { to: 87, points: 1 }, { points: 0 }],
        oxygen: [
          { to: 83, points: 3 },
          { to: 85, points: 2 },
          { to: 87, points: 1 },
          { to: 92, points: 0 },
          { to: 94, points: 1 },
          { to: 96, points: 2 },
          { points: 3 },
        ],
      },
    },
    // 0 on air, 1 on oxygen.
    { vital: "oxygen", bands: [{ to: 0, points: 0 }, { points: 2 }] },
    {
      vital: "systolicBp",
      bands: [
        { to: 90, points: 3 },
        { to: 100, points: 2 },
        { to: 110, points: 1 },
        { to: 219, points: 0 },
        { points: 3 },
      ],
    },
    {
      vital: "heartRate",
      bands: [
        { to: 40, points: 3 },
        { to: 50, points: 1 },
        { to: 90, points: 0 },
        { to: 110, points: 1 },
        { to: 130, points: 2 },
        { points: 3 },
      ],
    },
    // 0 alert, 1 new confusion or responding to voice or pain, or to nothing.
    { vital: "consciousness", bands: [{ to: 0, points: 0 }, { points: 3 }] },
    {
      vital: "temperature",
      bands: [
        { to: 35, points: 3 },
        { to: 36, points: 1 },
        { to: 38, points: 0 },
        { to: 39, points: 1 },
        { points: 2 },
      ],
    },
  ],
};

/** The report's four steps of clinical risk and response. Computed by rule alone. */
export const NEWS2: TriageScale = {
  id: "news2",
  name: "NEWS2 clinical risk",
  version: 1,
  source: `${SOURCE}, charts 1, 2 and 4`,
  decides: "rules",
  levels: [
    { level: 1, name: "high", meaning: "Emergency response: total of 7 or more." },
    { level: 2, name: "medium", meaning: "Urgent response: total of 5 or 6." },
    { level: 3, name: "low-medium", meaning: "Urgent ward-based response: 3 in one parameter." },
    { level: 4, name: "low", meaning: "Ward-based response: total of 0 to 4." },
  ],
  rules: [],
  score: {
    score: NEWS2_SCORE,
    levels: [
      { total: 7, level: 1, source: `${SOURCE}, chart 2` },
      { total: 5, level: 2, source: `${SOURCE}, chart 2` },
      { single: 3, level: 3, source: `${SOURCE}, chart 2` },
      { total: 0, level: 4, source: `${SOURCE}, chart 2` },
    ],
  },
};
