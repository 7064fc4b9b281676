// Finds lesions and draws them.
import { writeFile } from "node:fs/promises";
import os from "node:os";
import path from "node:path";
import { drawBoxes, MedGemma } from "medgemma";

await using model = await MedGemma.load();
const image = process.argv[2] ?? "examples/images/chest-001.png";
const { boxes, dropped, notFound, notice } = await model.locate(image, ["nodule", "opacity"]);
console.log({ boxes, dropped, notFound, notice });
await writeFile(path.join(os.tmpdir(), "boxes.svg"), await drawBoxes(image, boxes, { format: "svg" }));
