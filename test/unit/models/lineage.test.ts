import { describe, expect, test } from "vitest";
import { contradict, describeKind, kindOf } from "../../../src/models/gguf/lineage.js";

describe("which model names mean", () => {
  // Names as they stand in published files: general.name, general.basename, base models, and file names.
  test.each([
    [["Medgemma 1.5 4b It"], "x.gguf", "medgemma", "1.5", "4B"],
    [["Medgemma 1 5 4B It"], "x.gguf", "medgemma", "1.5", "4B"],
    [["MedGemma-1.5-4B-IT"], "x.gguf", "medgemma", "1.5", "4B"],
    [["Medgemma 4b It"], "x.gguf", "medgemma", "1.0", "4B"],
    [
      ["Checkpoint 1500", "https://huggingface.co/google/medgemma-1.5-4b-it"],
      "x.gguf",
      "medgemma",
      "1.5",
      "4B",
    ],
    [["Medgemma 4b Lora Epoch 1 500"], "x.gguf", "medgemma", "1.0", "4B"],
    [["medgemma-4b-it-lora-epoch-1-500"], "medgemma-4b-it-lora-epoch-1-500.gguf", "medgemma", "1.0", "4B"],
    [[], "medgemma-1.5-4b-it-Q4_K_M.gguf", "medgemma", "1.5", "4B"],
    [[], "google_medgemma-4b-it-Q4_K_M.gguf", "medgemma", "1.0", "4B"],
    [[], "medgemma1_5.gguf", "medgemma", "1.5", undefined],
    [[], "MedGemma-4B-v1.5.gguf", "medgemma", "1.5", "4B"],
    // A renamed file says less than what is in it.
    [["Medgemma 4b It"], "medgemma-1.5-4b-it.gguf", "medgemma", "1.0", "4B"],
    [["Gemma 3 4b It"], "medgemma-1.5-4b-it.gguf", "gemma3", undefined, "4B"],
    [["Gemma 3 270m"], "x.gguf", "gemma3", undefined, "270M"],
    [["Model"], "model.gguf", "unknown", undefined, undefined],
    [["MedGemma Phantom"], "x.gguf", "phantom", undefined, undefined],
    [[], "phantom-f16.gguf", "phantom", undefined, undefined],
    // A word of a name says nothing by itself: there are fine-tunes about reports in text, and about phantom limbs.
    [[], "medgemma-4b-text-reports-Q4.gguf", "medgemma", "1.0", "4B"],
    [["Medgemma 4b Text Reports"], "x.gguf", "medgemma", "1.0", "4B"],
    [["Medgemma 27b It"], "text-reports.gguf", "medgemma", "1.0", "27B"],
    [[], "phantom-limb-medgemma.gguf", "medgemma", "1.0", undefined],
    [["Medgemma 4b It"], "phantom-f16.gguf", "medgemma", "1.0", "4B"],
    [["MedGemma 1.5 4B Phantom Limb"], "x.gguf", "medgemma", "1.5", "4B"],
  ] as const)("%j in %s", (names, file, family, version, size) => {
    expect(kindOf(names, file)).toEqual({
      family,
      ...(version && { version }),
      ...(size && { size }),
      textOnly: false,
    });
  });

  test("the 27B without pictures", () => {
    expect(kindOf(["Medgemma 27b Text It"], "x.gguf")).toMatchObject({ size: "27B", textOnly: true });
    expect(kindOf([], "medgemma-27b-text-it-Q4_K_M.gguf")).toMatchObject({ size: "27B", textOnly: true });
    // The layers are counted: what the name says is another's.
    expect(kindOf([], "medgemma-27b-text-it.gguf", "4B")).toMatchObject({ size: "4B", textOnly: false });
    expect(kindOf([], "medgemma-27b-it-Q4_K_M.gguf")).toMatchObject({ size: "27B", textOnly: false });
  });
});

test("names contradict each other only where both say something", () => {
  const of = (...names: string[]) => kindOf(names, "");
  expect(contradict(of("MedGemma 1.5 4B"), of("Medgemma 4b It"))).toBe(true);
  expect(contradict(of("MedGemma 1.5 4B"), of("Gemma 3 4b It"))).toBe(true);
  expect(contradict(of("Medgemma 27b It"), of("Medgemma 4b It"))).toBe(true);
  expect(contradict(of("MedGemma 1.5 4B"), of("mmproj-F16"))).toBe(false);
  expect(contradict(of("MedGemma 1.5 4B"), of("medgemma-1.5"))).toBe(false);
  expect(describeKind(of("Medgemma 1 5 4B"))).toBe("MedGemma 1.5 4B");
});
