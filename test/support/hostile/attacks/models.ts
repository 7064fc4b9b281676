import { readFileSync, writeFileSync } from "node:fs";
import path from "node:path";
import { MedGemma } from "../../../../src/medgemma/medgemma.js";
import type { Random } from "../../../unit/dicom/support/mutate.js";
import { damaged } from "../../corrupt.js";
import { GgufEdit } from "../../gguf-edit.js";
import { ODD_FILES } from "../../odd-models.js";
import { oneOf } from "../kinds.js";
import { type Attack, type AttackMakers, SHORT } from "./attack.js";

const PHANTOM = {
  model: path.resolve("models/phantom/phantom-f16.gguf"),
  projector: path.resolve("models/phantom/mmproj-phantom-f16.gguf"),
};
/** Where the weights begin, about: the vocabulary is most of a model's header. */
const HEADER = { model: 200_000, projector: 12_000 };
const picture = { data: new Uint8Array(64 * 64 * 3).fill(90), width: 64, height: 64, channels: 3 } as const;

/** Loaded beside the application's own model, and asked: the default isolation has to hold. */
function attack(name: string, file: string, kind: "model" | "projector"): Attack {
  return {
    name,
    run: async ({ signal }) => {
      await using model = await MedGemma.load({
        ...PHANTOM,
        [kind]: file,
        threads: 1,
        contextSize: 512,
        parallel: 1,
        signal,
      });
      await model.ask(picture, "Is there a nodule?", { ...SHORT, signal });
    },
  };
}

const kindOf = (random: Random) => oneOf(random, ["model", "projector"] as const);

export const MODEL_ATTACKS: AttackMakers = {
  "damaged-model": (random, folder) => {
    const kind = kindOf(random);
    const whole = readFileSync(PHANTOM[kind]);
    const { how, bytes } = damaged(whole, HEADER[kind], Math.floor(random() * 2 ** 31));
    const file = path.join(folder, "hostile.gguf");
    writeFileSync(file, bytes);
    return attack(`${kind}: ${how}`, file, kind);
  },

  "odd-model": (random, folder) => {
    const odd = oneOf(random, ODD_FILES);
    const edited = new GgufEdit(PHANTOM[odd.kind]);
    odd.edit(edited);
    const file = path.join(folder, "hostile.gguf");
    writeFileSync(file, edited.bytes());
    return attack(`${odd.kind}: ${odd.how}`, file, odd.kind);
  },
};
