// Finds similar pictures, and fits a classifier on a few labels: node embed.mjs
import { mkdtemp } from "node:fs/promises";
import os from "node:os";
import path from "node:path";
import { fitHead, ImageIndex, MedGemma } from "medgemma";

/** @param {string} name */
const example = (name) => new URL(`images/${name}`, import.meta.url);
const CASES = [
  { name: "chest-001.png", opacity: true },
  { name: "chest-007.png", opacity: false },
  { name: "chest-009.png", opacity: false },
  { name: "chest-021.png", opacity: true },
];

const model = await MedGemma.load();
const folder = await mkdtemp(path.join(os.tmpdir(), "medgemma-"));
const index = await ImageIndex.open(path.join(folder, "cases.duckdb"));
const vectors = await Promise.all(CASES.map(({ name }) => model.embed(example(name))));
await index.add(
  CASES.flatMap(({ name, opacity }, n) => {
    const vector = vectors[n];
    return vector ? [{ id: name, vector, metadata: { opacity } }] : [];
  }),
);
const query = await model.embed(example("chest-020.png"));
for (const { id, similarity, metadata } of await index.search(query, { k: 2 })) {
  console.log(similarity.toFixed(3), id, metadata);
}

const head = await fitHead(
  vectors,
  CASES.map((it) => it.opacity),
);
console.log("opacity:", head.predict(query).labels, head.fits);
console.log("Unverified draft of an AI model; not for diagnosis or treatment.");
await index.close();
await model.dispose();
