import {
  bareLine,
  type RemovedPointer,
  readStatements,
  type Statement,
  writeStatement,
} from "../../record/statements.js";
import type { ModelResult } from "../../run/result.js";
import { REPORT_HEADINGS } from "./presets.js";

/** One question and what the patient said. */
export interface Exchange {
  /** 1, 2, ...; the answer's id is `A1`, `A2`, ... */
  readonly number: number;
  readonly question: string;
  /** Empty when the patient did not answer. */
  readonly answer: string;
  /** `list`: of the standard list, where the model repeated itself or asked nothing. */
  readonly source: "model" | "list";
}

export interface InterviewAlert {
  /** Id of the answer. */
  readonly answer: string;
  readonly words: string;
}

export interface ReportPart {
  readonly heading: string;
  readonly statements: readonly Statement[];
}

/** An unverified draft for the clinician; see `notice`. */
export interface InterviewReport extends ModelResult {
  readonly sections: readonly ReportPart[];
  /** Pointers to answers or entries that do not exist; they are in no statement. */
  readonly removedPointers: readonly RemovedPointer[];
  readonly transcript: readonly Exchange[];
  /** Answers that may mean an emergency. By a short list of words, neither certain nor complete. */
  readonly alerts: readonly InterviewAlert[];
  readonly warnings: readonly string[];
  readonly draft: true;
}

/** Statements under the report's headings; `text` becomes what is left of them. */
export function readReport(
  text: string,
  known: ReadonlySet<string>,
): {
  readonly sections: readonly ReportPart[];
  readonly removed: readonly RemovedPointer[];
  readonly text: string;
} {
  const lines = new Map<string, string[]>();
  let current: string[] | undefined;
  for (const line of text.split("\n")) {
    const bare = bareLine(line).toUpperCase();
    const heading = REPORT_HEADINGS.find((name) => name === bare);
    if (heading !== undefined) {
      current = lines.get(heading) ?? [];
      lines.set(heading, current);
    } else current?.push(line);
  }
  const read = [...lines].map(([heading, own]) => ({ heading, ...readStatements(own, known) }));
  const sections = read.map(({ heading, statements }) => ({ heading, statements }));
  const written = sections.map(
    ({ heading, statements }) => `${heading}:\n${statements.map(writeStatement).join("\n")}`,
  );
  return { sections, removed: read.flatMap((it) => it.removed), text: written.join("\n\n") || text };
}
