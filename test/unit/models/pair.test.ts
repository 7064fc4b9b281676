import { describe, expect, test } from "vitest";
import { kindOf } from "../../../src/models/gguf/lineage.js";
import { checkPair, hashesNeeded, publishedFiles } from "../../../src/models/pair.js";

const published = await publishedFiles();
const model = (name: string) => published.models.find((it) => it.name === name);
const of15 = model("medgemma-1.5-4b-it");
const of10 = model("medgemma-4b-it");
const projectorOf15 = of15?.projectors[0]?.sha256;
const projectorOf10 = of10?.projectors[0]?.sha256;

const inspected = (name: string) =>
  ({
    model: { file: "model.gguf", bytes: 2_489_894_976, kind: kindOf([name], "") },
    projector: { file: "mmproj-F16.gguf", bytes: 851_252_224, kind: kindOf([], "mmproj-F16.gguf") },
  }) as Parameters<typeof checkPair>[0];
const check = (name: string, hashes: { model?: string | undefined; projector?: string | undefined }) => () =>
  checkPair(inspected(name), hashes, published);
const MISMATCH = expect.objectContaining({ code: "projector_mismatch" });

describe("a projector whose hash is known", () => {
  test("is refused beside a model of another version: by the model's hash, or by its own name", () => {
    expect(check("", { model: of15?.variants[0]?.sha256, projector: projectorOf10 })).toThrow(MISMATCH);
    expect(check("Medgemma 1.5 4b It", { projector: projectorOf10 })).toThrow(MISMATCH);
    expect(check("Medgemma 4b It", { projector: projectorOf15 })).toThrow(
      /mmproj-F16\.gguf is the projector of MedGemma 1\.5 4B, by its sha256; model\.gguf is MedGemma 1 4B/,
    );
  });

  test("is taken beside its own, by whomever it was uploaded, and beside a model that says too little", () => {
    expect(check("Medgemma 1.5 4b It", { projector: projectorOf15 })).not.toThrow();
    for (const { sha256 } of of10?.projectors ?? [])
      expect(check("Medgemma 4b It", { model: of10?.variants[0]?.sha256, projector: sha256 })).not.toThrow();
    expect(check("gemma tuned", { projector: projectorOf15 })).not.toThrow();
    expect(check("Medgemma 4b It", { projector: "0".repeat(64) })).not.toThrow();
  });
});

test("only files of a published size are hashed before the load", () => {
  expect(hashesNeeded(inspected(""), published)).toEqual({ model: true, projector: true });
  const { model: own, projector } = inspected("");
  const other = { ...projector, bytes: 1 } as typeof projector;
  expect(hashesNeeded({ model: own, projector: other }, published)).toEqual({
    model: false,
    projector: false,
  });
});
