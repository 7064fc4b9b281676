import { MedGemmaError } from "../../base/errors.js";
import type { FoundModel } from "../../medgemma/load/find-model.js";
import { MedGemma } from "../../medgemma/medgemma.js";
import type { ModelInspection } from "../../models/gguf/inspect.js";
import { deepChecks } from "./checks.js";
import { type DeepCheck, keepRecord, readRecord, recordPath } from "./record.js";
import { subjectOf } from "./subject.js";

/** Enough for the text, and for a thought and its answer. */
const CONTEXT = 2048;

export interface DeepResult {
  readonly ok: boolean;
  readonly checks: readonly DeepCheck[];
  /** Path of the record; undefined where none could be kept. */
  readonly record?: string | undefined;
}

/**
 * Loads a model and asks it what tells whether its numbers are those of the model that it says to be; keeps what was found.
 * @param onCheck Called with each check as it comes.
 */
export async function deepTest(
  files: FoundModel,
  inspection: ModelInspection,
  onCheck: (check: DeepCheck) => void,
  signal: AbortSignal,
): Promise<DeepResult> {
  const checks: DeepCheck[] = [];
  const judge = (check: DeepCheck) => {
    checks.push(check);
    onCheck(check);
  };
  const contextSize = Math.min(CONTEXT, inspection.model.trainedContext);
  const { model: file, projector } = files;
  let model: MedGemma;
  try {
    model = await MedGemma.load({
      model: file,
      ...(projector && { projector }),
      contextSize,
      parallel: 1,
      signal,
    });
  } catch (error) {
    if (!MedGemmaError.isInstance(error) || error.code === "aborted") throw error;
    judge({ name: "load", ok: false, detail: error.message, remedy: error.remedy });
    return { ok: false, checks };
  }
  try {
    const { file: own } = model.info.model;
    const projectorSha256 = model.info.projector?.file.sha256;
    const record = recordPath(own.sha256, projectorSha256);
    const before = await readRecord(record);
    const subject = await subjectOf(model, inspection.model, signal);
    for await (const check of deepChecks(subject, before)) judge(check);
    const found = {
      model: own.name,
      sha256: own.sha256,
      ...(projectorSha256 && { projectorSha256 }),
      checks,
    };
    const kept = await keepRecord(record, found);
    return { ok: checks.every(({ ok }) => ok), checks, ...(kept && { record }) };
  } finally {
    await model.dispose();
  }
}
