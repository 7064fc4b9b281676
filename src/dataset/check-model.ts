import { badOption } from "../errors.js";
import type { MedGemma } from "../medgemma/medgemma.js";
import { reading } from "../options.js";

/** By what it can do, so that one of another copy of the package counts too. @throws MedGemmaError `bad_option`. */
export function checkModel(model: MedGemma): void {
  const can = reading("model", () => typeof model?.ask === "function" && typeof model.dispose === "function");
  if (!can) throw badOption("model", "a loaded MedGemma", model);
}
