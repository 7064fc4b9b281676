import { badOption } from "../base/errors.js";
import { reading } from "../base/options.js";
import type { MedGemma } from "../medgemma/medgemma.js";

/** By what it can do, so that one of another copy of the package counts too. @throws MedGemmaError `bad_option`. */
export function checkModel(model: MedGemma): void {
  const can = reading("model", () => typeof model?.ask === "function" && typeof model.dispose === "function");
  if (!can) throw badOption("model", "a loaded MedGemma", model);
}
