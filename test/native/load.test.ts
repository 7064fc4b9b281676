import { mkdtemp, readFile, rm, stat, writeFile } from "node:fs/promises";
import os from "node:os";
import path from "node:path";
import { afterAll, beforeAll, describe, expect, test, vi } from "vitest";
import { loadAddon } from "../../src/engine/native/addon.js";
import { NativeEngine } from "../../src/engine/native/native-engine.js";
import { type LoadOptions, MedGemma } from "../../src/index.js";
import { renderPrompt } from "../../src/prompt/render.js";
import { answer, answerText, rejection, UNENDING } from "../support/ask.js";
import { goldens, greyPicture, loadPhantom, messagesOf, PHANTOM } from "../support/phantom.js";
import { splitInto } from "../support/split-model.js";

const load = (options: object) => MedGemma.load({ isolation: "none", ...options } as LoadOptions);

describe("loading", () => {
  test("reports progress, never backwards, up to 1", async () => {
    const shares: number[] = [];
    const engine = await loadPhantom({ onProgress: (share) => shares.push(share) });
    expect(shares.length).toBeGreaterThan(3);
    expect(shares).toEqual([...shares].sort((a, b) => a - b));
    expect(shares[0]).toBeGreaterThanOrEqual(0);
    expect(shares.at(-1)).toBe(1);
    await engine.dispose();
  });

  test("of a model in several files counts all of them for its progress", async () => {
    const folder = await mkdtemp(path.join(os.tmpdir(), "medgemma-split-"));
    const [model = "", ...modelParts] = await splitInto(3, PHANTOM.model, path.join(folder, "phantom"));
    const sizes = await Promise.all([model, ...modelParts].map(async (file) => (await stat(file)).size));
    const loading = vi.spyOn(loadAddon(), "loadEngine");
    const shares: number[] = [];
    const onProgress = (share: number) => shares.push(share);
    await (
      await NativeEngine.load({ model, modelParts, threads: 1, contextSize: 512, onProgress })
    ).dispose();
    expect(loading.mock.calls[0]?.[0].modelBytes).toBe(sizes.reduce((sum, size) => sum + size, 0));
    loading.mockRestore();
    expect(shares).toEqual(shares.toSorted((a, b) => a - b));
    expect(shares.at(-1)).toBe(1);
    await rm(folder, { recursive: true });
  });

  test("tells what was loaded", async () => {
    const engine = await loadPhantom({ contextSize: 512 });
    const { info } = engine;
    expect(info.kind).toBe("native");
    expect(info.contextSize).toBe(512);
    expect(info.model).toMatchObject({ architecture: "gemma3", quantization: "F16", vocabularySize: 1024 });
    expect(info.model.file).toMatchObject({ name: "phantom-f16.gguf", bytes: 8_838_496 });
    expect(info.model.file.sha256).toMatch(/^[0-9a-f]{64}$/);
    expect(info.projector).toMatchObject({ imageSize: 224, imageTokens: 16 });
    expect(info.devices.some((device) => device.type === "cpu")).toBe(true);
    expect(info.placement).toEqual({ gpuLayers: 0, layers: 7, projector: "cpu", gpus: [] });
    await engine.dispose();
  });

  test("with a signal that has fired loads nothing", async () => {
    const error = await rejection(loadPhantom({ signal: AbortSignal.abort("no") }));
    expect([error.code, error.cause]).toEqual(["aborted", "no"]);
  });

  test("stops at the first progress that says so", async () => {
    for (const after of [0, 0.2, 0.6]) {
      const controller = new AbortController();
      const shares: number[] = [];
      const loading = loadPhantom({
        signal: controller.signal,
        onProgress: (share) => {
          shares.push(share);
          if (share >= after) controller.abort();
        },
      });
      // The phantom may be loaded before its first progress is heard; then there is an engine to dispose.
      const outcome = await loading.then(
        (engine) => engine.dispose().then(() => "loaded"),
        (error: { code: string }) => error.code,
      );
      expect(shares.some((share) => share >= after)).toBe(true);
      expect(["aborted", "loaded"]).toContain(outcome);
    }
  });

  test("stops when told before it has begun to read", async () => {
    const controller = new AbortController();
    const loading = loadPhantom({ signal: controller.signal });
    controller.abort();
    expect((await rejection(loading)).code).toBe("aborted");
  });

  test("several engines live side by side", async () => {
    const engines = await Promise.all([loadPhantom(), loadPhantom({ contextSize: 1024 }), loadPhantom()]);
    const ask = (engine: NativeEngine) => answerText(engine, "Is there a nodule?", { deterministic: true });
    const answers = await Promise.all(engines.map(ask));
    expect(new Set(answers.map(({ text }) => text)).size).toBe(1);
    await engines[0]?.dispose();
    expect((await ask(engines[1] as NativeEngine)).text).toBe(answers[0]?.text);
    await Promise.all(engines.map((engine) => engine.dispose()));
  });
});

describe("without a projector", () => {
  let engine: NativeEngine;
  beforeAll(async () => {
    engine = await NativeEngine.load({ model: PHANTOM.model, threads: 1 });
  });
  afterAll(() => engine.dispose());

  test("text is answered as the reference answers it", async () => {
    expect(engine.info.projector).toBeUndefined();
    const cases = goldens.filter((golden) => golden.kind === "triage");
    expect(cases).toHaveLength(8);
    for (const golden of cases) {
      expect((await answer(engine, await messagesOf(golden))).text).toBe(golden.answer);
    }
  });

  test("a picture is projector_missing", async () => {
    expect((await rejection(engine.encode(greyPicture))).code).toBe("projector_missing");
    const content = [{ type: "image" as const, image: greyPicture }];
    expect((await rejection(answer(engine, [{ role: "user", content }]))).code).toBe("projector_missing");
  });
});

describe("files that are wrong", () => {
  let dir: string;
  beforeAll(async () => {
    dir = await mkdtemp(path.join(os.tmpdir(), "medgemma-load-"));
  });
  afterAll(() => rm(dir, { recursive: true }));

  /** A copy of a phantom file after `change`. */
  async function changed(file: string, change: (bytes: Buffer) => Buffer): Promise<string> {
    const copy = path.join(dir, `${Math.random()}.gguf`);
    await writeFile(copy, change(await readFile(file)));
    return copy;
  }
  const rename = (from: string, to: string) => (bytes: Buffer) => {
    const at = bytes.indexOf(from);
    if (at < 0 || from.length !== to.length) throw new Error(`Cannot rename ${from}.`);
    bytes.write(to, at, "latin1");
    return bytes;
  };

  test.each([
    ["file_not_found", async () => ({ model: path.join(dir, "none.gguf") })],
    ["file_not_found", async () => ({ ...PHANTOM, projector: path.join(dir, "none.gguf") })],
    ["not_gguf", async () => ({ model: await changed(PHANTOM.model, () => Buffer.from("PK zip")) })],
    ["not_gguf", async () => ({ model: await changed(PHANTOM.model, () => Buffer.alloc(0)) })],
    [
      "gguf_truncated",
      async () => ({ model: await changed(PHANTOM.model, (bytes) => bytes.subarray(0, 4_000_000)) }),
    ],
    [
      "gguf_truncated",
      async () => ({ ...PHANTOM, projector: await changed(PHANTOM.projector, (it) => it.subarray(0, -1)) }),
    ],
    ["not_gemma3", async () => ({ model: await changed(PHANTOM.model, rename("gemma3", "llama3")) })],
    ["projector_as_model", async () => ({ model: PHANTOM.projector })],
    ["model_as_projector", async () => ({ model: PHANTOM.model, projector: PHANTOM.model })],
  ])("%s", async (code, options) => {
    const error = await rejection(load(await options()));
    expect(error.code).toBe(code);
    expect(error.message).not.toBe("");
  });

  test("the next load of sound ones is not disturbed", async () => {
    const engine = await loadPhantom();
    expect((await answerText(engine, "Is there a nodule?")).text).not.toBe("");
    await engine.dispose();
  });
});

describe("options that are wrong", () => {
  test.each([
    [{ contextSize: Number.NaN }, "contextSize"],
    [{ contextSize: 0 }, "contextSize"],
    [{ contextSize: "8192" }, "contextSize"],
    [{ threads: 0 }, "threads"],
    [{ threads: Number.NaN }, "threads"],
    [{ threads: 1.5 }, "threads"],
    [{ gpuLayers: -1 }, "gpuLayers"],
    [{ model: 7 }, "model"],
    [{ projector: PHANTOM.projector }, "model"],
    [{ onProgress: "yes" }, "onProgress"],
    [{ signal: {} }, "signal"],
    [{ contextsize: 4096 }, "contextsize"],
  ])("%o", async (options, option) => {
    const error = await rejection(load(options));
    expect([error.code, error.facts.option]).toEqual(["bad_option", option]);
  });

  test("the near name is told", async () => {
    const error = await rejection(load({ contextsize: 4096 }));
    expect(error.message).toContain("Did you mean contextSize?");
  });
});

describe("dispose", () => {
  test("ends what runs with disposed; twice is once; later calls reject", async () => {
    const engine = await loadPhantom();
    const parts = renderPrompt([{ role: "user" as const, content: "What is that?" }]);
    const events = engine.generate(parts as never, { ...UNENDING, maxTokens: 4000 });
    await events[Symbol.asyncIterator]().next();
    const rest = (async () => {
      for await (const _ of events);
    })();
    const waiting = Array.from({ length: 12 }, () =>
      answerText(engine, "Is there a nodule?", { ...UNENDING, maxTokens: 2000 }),
    );
    const codes = Promise.all([rest, ...waiting].map((it) => rejection(it).then(({ code }) => code)));
    await Promise.all([engine.dispose(), engine.dispose()]);
    expect(new Set(await codes)).toEqual(new Set(["disposed"]));
    await engine.dispose();
    expect((await rejection(answerText(engine, "Hello?"))).code).toBe("disposed");
    expect((await rejection(engine.tokenize("a", { special: false }))).code).toBe("disposed");
    expect((await rejection(engine.encode(greyPicture))).code).toBe("disposed");
    expect((await rejection(engine.score([{ type: "text", text: "a", special: false }], ["b"]))).code).toBe(
      "disposed",
    );
    expect((await rejection(engine.stats())).code).toBe("disposed");
  });

  test("ends a picture that is being encoded, and those that wait", async () => {
    const engine = await loadPhantom();
    let disposal: Promise<void> | undefined;
    const onProgress = () => {
      disposal ??= engine.dispose();
    };
    const encodings = Array.from({ length: 250 }, (_, shade) =>
      engine.encode({ ...greyPicture, data: new Uint8Array(224 * 224 * 3).fill(shade) }, { onProgress }),
    );
    const results = await Promise.allSettled(encodings);
    const codes = results.flatMap((it) =>
      it.status === "rejected" ? [(it.reason as { code: string }).code] : [],
    );
    expect(new Set(codes)).toEqual(new Set(["disposed"]));
    expect(results.at(-1)?.status).toBe("rejected");
    await disposal;
  });

  test("await using disposes", async () => {
    let model: MedGemma;
    {
      await using scoped = await load({});
      model = scoped;
      expect((await model.ask([], "Is there a nodule?", { maxTokens: 4 })).text).not.toBe("");
    }
    expect((await rejection(model.ask([], "Is there a nodule?"))).code).toBe("disposed");
  });
});
