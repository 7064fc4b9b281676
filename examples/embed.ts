// Finds similar pictures, and fits a classifier on a few labels.
import { mkdtemp } from "node:fs/promises";
import os from "node:os";
import path from "node:path";
import { fitHead, ImageIndex, MedGemma } from "medgemma";

const CASES = [
  { file: "examples/images/chest-001.png", opacity: true },
  { file: "examples/images/chest-007.png", opacity: false },
  { file: "examples/images/chest-009.png", opacity: false },
  { file: "examples/images/chest-021.png", opacity: true },
];

await using model = await MedGemma.load();
const folder = await mkdtemp(path.join(os.tmpdir(), "medgemma-"));
await using index = await ImageIndex.open(path.join(folder, "cases.duckdb"));
const vectors = await Promise.all(CASES.map(({ file }) => model.embed(file)));
await index.add(
  CASES.flatMap(({ file, opacity }, n) => {
    const vector = vectors[n];
    return vector ? [{ id: file, vector, metadata: { opacity } }] : [];
  }),
);
const query = await model.embed("examples/images/chest-020.png");
for (const { id, similarity, metadata } of await index.search(query, { k: 2 })) {
  console.log(similarity.toFixed(3), id, metadata);
}

const head = await fitHead(
  vectors,
  CASES.map((it) => it.opacity),
);
console.log("opacity:", head.predict(query).labels, head.fits);
console.log("Unverified draft of an AI model; not for diagnosis or treatment.");
