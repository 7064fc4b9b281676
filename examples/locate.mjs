// Finds lesions and draws them: node locate.mjs [PICTURE]
import { writeFile } from "node:fs/promises";
import os from "node:os";
import path from "node:path";
import { drawBoxes, MedGemma } from "medgemma";

const model = await MedGemma.load();
const image = process.argv[2] ?? new URL("images/chest-001.png", import.meta.url);
const { boxes, dropped, notFound, notice } = await model.locate(image, ["nodule", "opacity"]);
console.log({ boxes, dropped, notFound, notice });
await writeFile(path.join(os.tmpdir(), "boxes.svg"), await drawBoxes(image, boxes, { format: "svg" }));
await model.dispose();
