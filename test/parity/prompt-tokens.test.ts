import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { NativeEngine } from "../../src/engine/native/native-engine.js";
import { renderPrompt } from "../../src/prompt/render.js";
import { goldens, kinds, loadPhantom, messagesOf, nameOf, SOFT_TOKEN } from "../support/phantom.js";

let engine: NativeEngine;
beforeAll(async () => {
  engine = await loadPhantom();
});
afterAll(() => engine.dispose());

describe("prompt tokens equal the reference's", () => {
  test("on every kind of question there is", () => {
    expect(goldens).toHaveLength(328);
    expect(kinds).toHaveLength(15);
  });

  test.each(kinds)("%s", async (kind) => {
    const imageTokens = engine.info.projector?.imageTokens ?? 0;
    expect(imageTokens).toBe(16);
    for (const golden of goldens.filter((it) => it.kind === kind)) {
      const ids: number[] = [];
      for (const part of renderPrompt(await messagesOf(golden))) {
        if (part.type === "text") ids.push(...(await engine.tokenize(part.text, { special: part.special })));
        else ids.push(...Array<number>(imageTokens).fill(SOFT_TOKEN));
      }
      expect(ids, nameOf(golden)).toEqual(golden.prompt_ids);
    }
  });
});
