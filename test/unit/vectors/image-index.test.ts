import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync, statSync, writeFileSync } from "node:fs";
import os from "node:os";
import path from "node:path";
import { afterAll, describe, expect, test } from "vitest";
import { type EmbeddingSpace, ImageIndex } from "../../../src/index.js";
import { rejection } from "../../support/ask.js";

const folder = mkdtempSync(path.join(os.tmpdir(), "medgemma-index-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));
let files = 0;
const freshFile = () => path.join(folder, `index-${files++}.duckdb`);

const space: EmbeddingSpace = { projector: "a".repeat(64), pool: "max", normalized: false, width: 3 };
const spaced = (...values: number[]) => ({ vector: Float32Array.from(values), space });
const three = [
  { id: "x", vector: spaced(1, 0, 0), metadata: { year: 2023, site: "A", "odd/name~": true } },
  { id: "y", vector: spaced(0, 1, 0), metadata: { year: 2024, site: 'A\'s "other"' } },
  { id: "xy", vector: spaced(1, 1, 0), metadata: { year: 2024, site: null } },
];

describe("an index of cases", () => {
  test("finds the most similar first, adds, replaces, removes, and is there again when opened", async () => {
    const file = freshFile();
    const index = await ImageIndex.open(file);
    expect(await index.count()).toBe(0);
    expect(await index.search(spaced(1, 0, 0))).toEqual([]);
    await index.add(three);
    const hits = await index.search(spaced(2, 0.1, 0));
    expect(hits.map((hit) => hit.id)).toEqual(["x", "xy", "y"]);
    expect(hits[1]?.similarity).toBeCloseTo(2.1 / Math.hypot(2, 0.1) / Math.SQRT2, 5);
    expect(hits[0]?.metadata).toEqual(three[0]?.metadata);
    await index.add({ id: "x", vector: spaced(0, 0, 1) });
    expect((await index.search(spaced(1, 0, 0), { k: 1 }))[0]?.id).toBe("xy");
    expect(await index.remove(["y", "nobody"])).toBe(1);
    await index.close();
    await index.close();
    await using again = await ImageIndex.open(file);
    expect(again.space).toEqual(space);
    expect(await again.count()).toBe(2);
    expect((await again.search(spaced(0, 0, 1))).map((hit) => hit.id)).toEqual(["x", "xy"]);
    if (process.platform !== "win32") expect(statSync(file).mode & 0o077).toBe(0);
  });

  test("filters by metadata; names and values are never SQL", async () => {
    await using index = await ImageIndex.open(freshFile());
    await index.add(three);
    const found = async (filter: object) =>
      (await index.search(spaced(1, 0, 0), { filter: filter as Record<string, string> })).map(
        (hit) => hit.id,
      );
    expect(await found({ year: 2024 })).toEqual(["xy", "y"]);
    expect(await found({ year: "2024" })).toEqual([]);
    expect(await found({ year: [2023, 2024], site: 'A\'s "other"' })).toEqual(["y"]);
    expect(await found({ site: null })).toEqual(["xy"]);
    expect(await found({ "odd/name~": true })).toEqual(["x"]);
    expect(await found({ "x') OR 1=1 --": "' OR 1=1 --" })).toEqual([]);
    expect(await index.count()).toBe(3);
  });

  test("refuses vectors of another projector or width, and then has none of the batch", async () => {
    await using index = await ImageIndex.open(freshFile());
    await index.add(three);
    const other = { vector: Float32Array.of(1, 2, 3), space: { ...space, projector: "b".repeat(64) } };
    const adding = index.add([
      { id: "new", vector: spaced(1, 2, 3) },
      { id: "other", vector: other },
    ]);
    expect((await rejection(adding)).code).toBe("space_mismatch");
    expect((await rejection(index.search(other))).code).toBe("space_mismatch");
    expect((await rejection(index.add({ id: "short", vector: [1, 2] }))).code).toBe("bad_option");
    expect(await index.count()).toBe(3);
  });

  test("refuses vectors without a direction, to add and to search with", async () => {
    await using index = await ImageIndex.open(freshFile());
    await index.add(three);
    for (const nothing of [spaced(0, 0, 0), [1e-60, 0, -0]]) {
      expect((await rejection(index.add({ id: "none", vector: nothing }))).code).toBe("bad_option");
      expect((await rejection(index.search(nothing))).code).toBe("bad_option");
    }
    expect(await index.count()).toBe(3);
  });

  test("a database of something else is left as it is", async () => {
    const file = freshFile();
    const { DuckDBInstance } = await import("@duckdb/node-api");
    const instance = await DuckDBInstance.create(file);
    const connection = await instance.connect();
    await connection.run("CREATE TABLE patients (name VARCHAR)");
    connection.closeSync();
    instance.closeSync();
    expect((await rejection(ImageIndex.open(file))).message).toBe("The file is no index of this package.");
  });

  test("writes that were not waited for come one after the other", async () => {
    await using index = await ImageIndex.open(freshFile());
    const ids = Array.from({ length: 20 }, (_, n) => `case-${n}`);
    await Promise.all(ids.map((id, n) => index.add({ id, vector: [n, 1, 0] })));
    expect(await index.count()).toBe(20);
  });

  test("what was added is there after the process was killed in the middle of the next", async () => {
    const file = freshFile();
    const library = path.resolve(import.meta.dirname, "../../../dist/index.js");
    const script = `
      const { ImageIndex } = await import(${JSON.stringify(library)});
      const index = await ImageIndex.open(${JSON.stringify(file)});
      for (let batch = 0; ; batch++) {
        const at = (n) => ({ id: batch + "-" + n, vector: [batch + 1, n, 1] });
        await index.add(Array.from({ length: 50 }, (_, n) => at(n)));
        console.log(batch);
      }`;
    const child = spawn(process.execPath, ["--input-type=module", "-e", script], {
      stdio: ["ignore", "pipe", "pipe"],
    });
    let said = "";
    let trouble = "";
    child.stdout.on("data", (text) => {
      said += text;
      if (said.split("\n").length > 4) child.kill("SIGKILL");
    });
    child.stderr.on("data", (text) => {
      trouble += text;
    });
    await once(child, "close");
    expect(trouble).toBe("");
    const batches = said.trim().split("\n").length;
    await using index = await ImageIndex.open(file);
    const count = await index.count();
    expect(count % 50).toBe(0);
    expect(count).toBeGreaterThanOrEqual(batches * 50);
  });

  test("that another process holds is an error that says so", async () => {
    const file = freshFile();
    const library = path.resolve(import.meta.dirname, "../../../dist/index.js");
    await using index = await ImageIndex.open(file);
    await index.add(three);
    const script = `
      const { ImageIndex } = await import(${JSON.stringify(library)});
      await ImageIndex.open(${JSON.stringify(file)}).catch((e) => console.log(e.code, e.facts.locked));`;
    const child = spawn(process.execPath, ["--input-type=module", "-e", script]);
    let said = "";
    child.stdout.on("data", (text) => {
      said += text;
    });
    await once(child, "close");
    expect(said.trim()).toBe("index_unusable true");
  });

  test("closing is one thing, however often it is asked for", async () => {
    const file = freshFile();
    const index = await ImageIndex.open(file);
    await index.add(three);
    await Promise.all([index.close(), index.close(), index[Symbol.asyncDispose]()]);
    await index.close();
    await using again = await ImageIndex.open(file);
    expect(await again.count()).toBe(3);
  });

  test("a damaged file, a missing folder, a closed index and bad values are errors", async () => {
    const file = freshFile();
    writeFileSync(file, "no database ".repeat(2000));
    const foreign = await rejection(ImageIndex.open(file));
    expect(foreign).toMatchObject({
      code: "index_unusable",
      message: "The file is no index of this package.",
    });
    expect((await rejection(ImageIndex.open(path.join(folder, "none", "a.duckdb")))).code).toBe(
      "file_not_found",
    );
    for (const name of ["", ":memory:"])
      expect((await rejection(ImageIndex.open(name))).code).toBe("bad_option");
    const index = await ImageIndex.open(freshFile());
    for (const entry of [
      { id: "", vector: [1] },
      { id: "a", vector: [] },
      { id: "a", vector: [Number.NaN] },
      { id: "a", vector: [1], metadata: { nested: {} } as never },
    ]) {
      expect((await rejection(index.add(entry))).code).toBe("bad_option");
    }
    expect((await rejection(index.search([1], { k: 0 }))).code).toBe("bad_option");
    await index.close();
    expect((await rejection(index.count())).code).toBe("index_unusable");
  });
});
