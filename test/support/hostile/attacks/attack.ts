import type { MedGemma } from "../../../../src/medgemma/medgemma.js";
import type { Random } from "../../../unit/dicom/support/mutate.js";

/** What is attacked: an application with a model, as a server is. */
export interface Application {
  readonly model: MedGemma;
  /** An empty folder of its own. */
  readonly folder: string;
  readonly signal?: AbortSignal | undefined;
}

export interface Attack {
  /** What is done and with what numbers: nothing that changes from run to run. */
  readonly name: string;
  /** Resolves or rejects with a `MedGemmaError`; whatever else happens is a fault of the package. */
  run(application: Application): Promise<unknown>;
}

/** Makes an attack with everything it needs, so that the time of `run` is the package's own. Pure, but for files that it writes into the folder. */
export type AttackMaker = (random: Random, folder: string) => Attack | Promise<Attack>;

export type AttackMakers = Readonly<Record<string, AttackMaker>>;

/** Short answers: an attack is on what comes before them. */
export const SHORT = { maxTokens: 4, temperature: 0 } as const;
