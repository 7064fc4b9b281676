import { execFileSync } from "node:child_process";
import { copyFile, mkdtemp, readFile, rm, truncate, writeFile } from "node:fs/promises";
import os from "node:os";
import path from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { packageRoot } from "../../src/base/package.js";
import { MedGemma } from "../../src/medgemma/medgemma.js";
import { answerText, rejection, UNENDING } from "../support/ask.js";
import { PHANTOM, picturePath } from "../support/phantom.js";

const folder = path.join(packageRoot, "test/fixtures/lora");
const BRIEF = path.join(folder, "phantom-brief-lora-f16.gguf");
interface AdapterGolden {
  readonly file: string;
  readonly question: string;
  readonly answer: string;
}
const goldens = JSON.parse(await readFile(path.join(folder, "lora-goldens.json"), "utf8")) as AdapterGolden[];

let temporary: string;
let model: MedGemma;
beforeAll(async () => {
  temporary = await mkdtemp(path.join(os.tmpdir(), "medgemma-lora-"));
  model = await MedGemma.load({ ...PHANTOM, adapters: [{ file: BRIEF, name: "brief" }] });
});
afterAll(async () => {
  await model.dispose();
  await rm(temporary, { recursive: true });
});

const ask = async ({ file, question }: AdapterGolden, options = {}) =>
  (await model.ask(picturePath(file), question, options)).text;

describe("an adapter", () => {
  test("answers as transformers and PEFT do", async () => {
    for (const golden of goldens) expect(await ask(golden), golden.file).toBe(golden.answer);
  });

  test("is named in the result and in what was loaded", async () => {
    const [golden] = goldens as [AdapterGolden];
    const { provenance } = await model.ask(picturePath(golden.file), golden.question);
    expect(provenance.adapters).toEqual([
      {
        adapter: "brief",
        scale: 1,
        name: path.basename(BRIEF),
        bytes: 436320,
        sha256: expect.stringMatching(/^[0-9a-f]{64}$/),
      },
    ]);
    expect(model.info.adapters?.map(({ name }) => name)).toEqual(["brief"]);
    const none = await model.ask(picturePath(golden.file), golden.question, { adapters: [] });
    expect(none.provenance.adapters).toEqual([]);
  });

  test("with none, or at scale 0, the base answers", async () => {
    await using base = await MedGemma.load(PHANTOM);
    for (const golden of goldens.slice(0, 6)) {
      const { text } = await base.ask(picturePath(golden.file), golden.question);
      expect(text).not.toBe(golden.answer);
      expect(await ask(golden, { adapters: [] })).toBe(text);
      expect(await ask(golden, { adapters: [{ name: "brief", scale: 0 }] })).toBe(text);
    }
  });

  test("changes scores, and more with a larger scale", async () => {
    const [golden] = goldens as [AdapterGolden];
    const prompt = [
      { type: "text", text: "<bos><start_of_turn>user\n", special: true },
      { type: "text", text: golden.question, special: false },
      { type: "text", text: "<end_of_turn>\n<start_of_turn>model\n", special: true },
    ] as const;
    const score = async (scale: number) => {
      const adapters = [{ name: "brief", scale }];
      const { scores } = await model.engine.score(prompt, ["BRIEF: normal."], { adapters });
      return scores[0]?.logprob ?? Number.NaN;
    };
    const [none, half, whole] = [await score(0), await score(0.5), await score(1)];
    expect(none).toBeLessThan(half);
    expect(half).toBeLessThan(whole);
  });
});

describe("requests of several mixes at once", () => {
  test("each get the answer they get alone, and share prefixes with their like only", async () => {
    const mixes = [[], [{ name: "brief" }], [{ name: "brief", scale: 0.5 }]];
    const jobs = goldens.slice(0, 10).flatMap((golden) => mixes.map((adapters) => ({ golden, adapters })));
    const together = await Promise.all(jobs.map(({ golden, adapters }) => ask(golden, { adapters })));
    for (const [index, { golden, adapters }] of jobs.entries()) {
      const alone = await ask(golden, { adapters, deterministic: true });
      expect(together[index], `${golden.file} ${JSON.stringify(adapters)}`).toBe(alone);
    }
  });

  test("a prefix of one mix is of no use to another", async () => {
    const [golden] = goldens as [AdapterGolden];
    const picture = picturePath(golden.file);
    const cached = async (scale: number) => {
      const result = await model.ask(picture, golden.question, { adapters: [{ name: "brief", scale }] });
      return result.usage.cachedTokens;
    };
    expect(await cached(0.25)).toBe(0);
    expect(await cached(0.25)).toBeGreaterThan(0);
    expect(await cached(0.26)).toBe(0);
  });

  test("none waits for the others to end", async () => {
    const [golden] = goldens as [AdapterGolden];
    const stop = new AbortController();
    const long = { ...UNENDING, adapters: [], maxTokens: 1900, signal: stop.signal };
    const running = Array.from({ length: 4 }, () => rejection(answerText(model.engine, "Describe.", long)));
    await ask(golden, { adapters: [{ name: "brief" }] });
    stop.abort();
    for (const error of await Promise.all(running)) expect(error.code).toBe("aborted");
  });
});

describe("a file that does not fit", () => {
  const load = (file: string) => MedGemma.load({ ...PHANTOM, adapters: [{ file }] });

  test("is refused by name", async () => {
    await expect(load(PHANTOM.model)).rejects.toMatchObject({ code: "adapter_mismatch" });
    await expect(load(path.join(temporary, "none.gguf"))).rejects.toMatchObject({ code: "file_not_found" });
    const cut = path.join(temporary, "cut.gguf");
    await copyFile(BRIEF, cut);
    await truncate(cut, 400_000);
    await expect(load(cut)).rejects.toMatchObject({ code: "gguf_truncated" });
    const text = path.join(temporary, "text.gguf");
    await writeFile(text, "no adapter");
    await expect(load(text)).rejects.toMatchObject({ code: "not_gguf" });
  });

  test.runIf(process.platform !== "win32")("nor a named pipe, which nobody waits for", async () => {
    const pipe = path.join(temporary, "pipe.gguf");
    execFileSync("mkfifo", [pipe]);
    await expect(load(pipe)).rejects.toMatchObject({ code: "file_not_found" });
  });

  test("so is one of other tensors or another architecture", async () => {
    const bytes = await readFile(BRIEF);
    const changed = async (from: string, to: string) => {
      const file = path.join(temporary, `${to.trim()}.gguf`);
      const at = bytes.indexOf(from);
      expect(at).toBeGreaterThan(0);
      const copy = Buffer.from(bytes);
      copy.write(to, at, "latin1");
      await writeFile(file, copy);
      return file;
    };
    const other = await changed("gemma3", "gemma2");
    await expect(load(other)).rejects.toMatchObject({ code: "adapter_mismatch" });
    const name = await changed("blk.0.attn_k.weight.lora_a", "blk.9.attn_k.weight.lora_a");
    await expect(load(name)).rejects.toMatchObject({ code: "adapter_mismatch" });
    const kind = await changed("adapter", "adopter");
    await expect(load(kind)).rejects.toMatchObject({ code: expect.stringMatching(/adapter_mismatch|gguf/) });
  });

  test("a request cannot name what was not loaded", async () => {
    const asked = ask(goldens[0] as AdapterGolden, { adapters: [{ name: "other" }] });
    await expect(asked).rejects.toMatchObject({ code: "bad_option" });
    const twice = model.ask([], "Hello", { adapters: [{ name: "brief" }, { name: "brief" }] });
    await expect(twice).rejects.toMatchObject({ code: "bad_option" });
  });
});
