import type { Question } from "../../medgemma/run/conversation.js";

export interface DemoQuestion {
  /** Heading on the page. */
  readonly kind: "Draft report" | "Question" | "Boxes" | "Structured findings" | "Comparison";
  readonly question: Question;
  readonly system?: string | undefined;
}

export interface DemoCase {
  readonly title: string;
  /** In examples/images. */
  readonly pictures: readonly string[];
  readonly questions: readonly DemoQuestion[];
}

const REPORT: DemoQuestion = {
  kind: "Draft report",
  question: "Write a radiology report for this image with the sections FINDINGS and IMPRESSION.",
  system: "You are an expert radiologist.",
};
const BOXES: DemoQuestion = { kind: "Boxes", question: "Locate the lesions as JSON boxes." };

/** Left and right are the patient's: the patient's left is on the right of the picture. */
export const DEMO_CASES: readonly DemoCase[] = [
  { title: "A large heart and two lesions", pictures: ["chest-001.png"], questions: [REPORT, BOXES] },
  {
    title: "A picture that is not square",
    pictures: ["chest-007.png"],
    questions: [
      { kind: "Question", question: "Is there nodule in this image? Answer with yes or no." },
      { kind: "Structured findings", question: "Give the findings as JSON." },
      BOXES,
    ],
  },
  {
    title: "A normal picture",
    pictures: ["chest-009.png"],
    questions: [{ kind: "Question", question: "What is the impression?" }, BOXES],
  },
  {
    title: "Several findings",
    pictures: ["chest-021.png"],
    questions: [{ kind: "Question", question: "Is there a pleural effusion?" }, REPORT, BOXES],
  },
  {
    title: "Two pictures compared",
    pictures: ["chest-020.png", "chest-021.png"],
    questions: [
      {
        kind: "Comparison",
        question: [
          { type: "text", text: "Prior image:" },
          { type: "image" },
          { type: "text", text: "Current image:" },
          { type: "image" },
          { type: "text", text: "What has changed since the prior image?" },
        ],
      },
    ],
  },
  {
    title: "Not a chest picture",
    pictures: ["junk-004.png"],
    questions: [{ kind: "Question", question: "Describe this X-ray." }],
  },
];

/** The words of a question, pictures left out. */
export function wordsOf(question: Question): string {
  if (typeof question === "string") return question;
  return question.map((part) => (part.type === "text" ? part.text : "[picture]")).join(" ");
}
