import { readFileSync } from "node:fs";
import { mkdtemp, rm, truncate, writeFile } from "node:fs/promises";
import os from "node:os";
import path from "node:path";
import ts from "typescript";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { packageRoot } from "../../src/base/package.js";
import {
  type Addon,
  loadAddon,
  type NativeEmbedding,
  type NativeEngineHandle,
  type NativeGenerateOptions,
  type NativePart,
} from "../../src/engine/native/addon.js";
import { resolveSampling, SAMPLING_NAMES } from "../../src/engine/sampling.js";
import { PHANTOM, THREADS } from "../support/phantom.js";

const source = path.join(packageRoot, "src/engine/native/addon.ts");

/** Names of the members that an interface of addon.ts lists. */
function membersOf(interfaceName: string): string[] {
  const file = ts.createSourceFile(source, readFileSync(source, "utf8"), ts.ScriptTarget.Latest);
  const found = file.statements.find(
    (statement) => ts.isInterfaceDeclaration(statement) && statement.name.text === interfaceName,
  );
  if (!found || !ts.isInterfaceDeclaration(found)) throw new Error(`${interfaceName} is not in addon.ts`);
  return found.members.map((member) => member.name?.getText(file) ?? "").sort();
}

const methodsOf = (value: object): string[] =>
  Object.getOwnPropertyNames(Object.getPrototypeOf(value))
    .filter((name) => name !== "constructor")
    .sort();

const PLAIN: NativeGenerateOptions = {
  batch: false,
  deterministic: false,
  grammar: "",
  ...resolveSampling({ seed: 1 }),
  maxTokens: 8,
  clampMaxTokens: false,
  stop: [],
  logprobs: 0,
};

let addon: Addon;
let handle: NativeEngineHandle;
let embedding: NativeEmbedding;
const load = () =>
  addon.loadEngine(
    {
      ...PHANTOM,
      contextSize: 512,
      threads: THREADS,
      gpuLayers: 0,
      parallel: 2,
      queueSize: 8,
      encoder: "auto",
    },
    () => undefined,
  ).promise;

beforeAll(async () => {
  addon = loadAddon();
  handle = await load();
  embedding = await handle.encode(new Uint8Array(224 * 224 * 3), "black").promise;
});
afterAll(() => handle.dispose());

/** The end of a request that is made of `parts`. */
const run = (parts: NativePart[], options = PLAIN): Promise<unknown> =>
  new Promise((resolve, reject) => {
    handle.generate(parts, options, (kind: string, value: unknown) => {
      if (kind === "done") resolve(value);
      if (kind === "error") reject(value);
    });
  });

describe("what the addon exports is what addon.ts says", () => {
  test("functions", () => {
    expect(Object.keys(addon).sort()).toEqual(membersOf("Addon"));
  });
  test("an engine", () => {
    expect(methodsOf(handle)).toEqual(membersOf("NativeEngineHandle"));
  });
  test("an embedding", () => {
    expect(methodsOf(embedding)).toEqual(membersOf("NativeEmbedding"));
  });
  test("facts, versions, devices and statistics", async () => {
    expect(Object.keys(await addon.ggufFacts(PHANTOM.model)).sort()).toEqual(membersOf("NativeGgufFacts"));
    expect(Object.keys(handle.info()).sort()).toEqual(membersOf("NativeEngineInfo"));
    expect(Object.keys(handle.stats()).sort()).toEqual(membersOf("NativeStats"));
    expect(Object.keys(addon.devices()[0] ?? {}).sort()).toEqual(membersOf("NativeDevice"));
    expect(addon.versions().llamaCpp).toMatch(/\d/);
  });
});

test("every option of a generation is read", async () => {
  const unread = new Set(Object.keys(PLAIN));
  const watched = new Proxy(PLAIN, {
    get(options, name) {
      unread.delete(String(name));
      return Reflect.get(options, name);
    },
  });
  await run([{ text: "Hi", special: false }], watched);
  expect([...unread]).toEqual([]);
  for (const name of SAMPLING_NAMES) expect(PLAIN).toHaveProperty(name);
});

describe("a wrong handle is a TypeError, not a crash", () => {
  const foreign: unknown[] = [
    {},
    { tokens: 16, width: 256 },
    null,
    7,
    "embedding",
    Object.create(null),
    new Date(),
  ];
  test.each(foreign)("as an embedding: %o", (value) => {
    expect(() => handle.generate([{ embedding: value as NativeEmbedding }], PLAIN, () => undefined)).toThrow(
      TypeError,
    );
  });
  test("an engine as an embedding, an object with its prototype", () => {
    for (const value of [handle, Object.create(embedding as object), Object.create(handle as object)]) {
      expect(() =>
        handle.generate([{ embedding: value as NativeEmbedding }], PLAIN, () => undefined),
      ).toThrow(TypeError);
    }
  });
  test("methods on foreign objects", () => {
    for (const value of [{}, embedding, addon, Object.create(handle as object)]) {
      expect(() => handle.info.call(value as NativeEngineHandle)).toThrow();
      expect(() => handle.stats.call(value as NativeEngineHandle)).toThrow();
      expect(() => handle.tokenText.call(value as NativeEngineHandle, 1)).toThrow();
    }
    expect(() => embedding.values.call(handle as unknown as NativeEmbedding)).toThrow();
  });
  test("constructors called by hand", () => {
    const Engine = handle.constructor as new (value?: unknown) => unknown;
    expect(() => new Engine()).toThrow(TypeError);
    expect(() => new Engine({})).toThrow(TypeError);
    const Embedding = addon.Embedding as unknown as new (...values: unknown[]) => unknown;
    expect(() => new Embedding()).toThrow(TypeError);
    expect(() => new Embedding(new Float64Array(4), 1, 4, "k")).toThrow(TypeError);
    expect(() => new Embedding(new Float32Array(4), 2, 4, "k")).toThrow(RangeError);
    expect(() => new Embedding(new Float32Array(0), 0, 0, "k")).toThrow(RangeError);
    expect(() => new Embedding(new Float32Array(4), -1, -4, "k")).toThrow(RangeError);
  });
  test("pixels of another size, tokens that do not exist", () => {
    expect(() => handle.encode(new Uint8Array(5), "short")).toThrow(RangeError);
    expect(() => handle.tokenText(-1)).toThrow(RangeError);
    expect(() => handle.tokenText(1024)).toThrow(RangeError);
    expect(() => addon.resize(new Uint8Array(5), 2, 2, 1, 1)).toThrow(RangeError);
  });
  test("a sound engine after all that", async () => {
    expect(await run([{ text: "<bos>Is there a nodule?", special: true }])).toMatchObject({
      completionTokens: 8,
    });
  });
});

test("an embedding of another width is refused before it reaches llama.cpp", async () => {
  const narrow = new addon.Embedding(new Float32Array(16 * 8), 16, 8, "narrow");
  const parts: NativePart[] = [
    { text: "<bos><start_of_image>", special: true },
    { embedding: narrow },
    { text: "<end_of_image>", special: true },
  ];
  await expect(run(parts)).rejects.toMatchObject({ code: "projector_mismatch" });
});

test("an embedding made of numbers answers as the one it was copied from", async () => {
  const copy = new addon.Embedding(embedding.values(), embedding.tokens, embedding.width, "a copy");
  const ask = (picture: NativeEmbedding) =>
    new Promise<string>((resolve, reject) => {
      let text = "";
      handle.generate(
        [
          { text: "<bos><start_of_turn>user\n\n\n<start_of_image>", special: true },
          { embedding: picture },
          {
            text: "<end_of_image>\n\nDescribe this X-ray.<end_of_turn>\n<start_of_turn>model\n",
            special: true,
          },
        ],
        { ...PLAIN, maxTokens: 40 },
        (kind: string, value: unknown) => {
          if (kind === "token") text += value;
          if (kind === "done") resolve(text);
          if (kind === "error") reject(value);
        },
      );
    });
  expect(await ask(copy)).toBe(await ask(embedding));
});

describe("llama.cpp's log", () => {
  test("comes as whole lines while a logger is set, and not before or after", async () => {
    const lines: [string, string][] = [];
    addon.setLogger((level, line) => lines.push([level, line]));
    await (await load()).dispose();
    addon.setLogger(null);
    const { length } = lines;
    expect(length).toBeGreaterThan(10);
    for (const [level, line] of lines) {
      expect(["debug", "info", "warning", "error"]).toContain(level);
      expect(line).not.toBe("");
      expect(line).not.toContain("\n");
    }
    await (await load()).dispose();
    expect(lines).toHaveLength(length);
  });
  test("a logger that throws does not take the process along", async () => {
    const seen: unknown[] = [];
    const listener = (error: unknown) => seen.push(error);
    const others = process.listeners("uncaughtException");
    process.removeAllListeners("uncaughtException");
    process.on("uncaughtException", listener);
    try {
      addon.setLogger(() => {
        throw new Error("of the logger");
      });
      await (await load()).dispose();
      addon.setLogger(null);
    } finally {
      process.removeListener("uncaughtException", listener);
      for (const other of others) process.on("uncaughtException", other);
    }
    expect(String(seen[0])).toContain("of the logger");
  });
});

describe("GGUF files", () => {
  let dir: string;
  beforeAll(async () => {
    dir = await mkdtemp(path.join(os.tmpdir(), "medgemma-addon-"));
  });
  afterAll(() => rm(dir, { recursive: true }));

  const codeOf = (file: string) =>
    addon.ggufFacts(file).then(
      () => "read",
      (error: { code?: string }) => error.code,
    );
  test("that are missing, none, or cut", async () => {
    const file = path.join(dir, "a.gguf");
    expect(await codeOf(file)).toBe("file_not_found");
    await writeFile(file, "no GGUF at all");
    expect(await codeOf(file)).toBe("not_gguf");
    await writeFile(file, readFileSync(PHANTOM.projector));
    expect(await codeOf(file)).toBe("read");
    await truncate(file, 1_000_000);
    expect(await codeOf(file)).toBe("gguf_truncated");
  });
});
