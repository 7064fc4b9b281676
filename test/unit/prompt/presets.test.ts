import { describe, expect, it } from "vitest";
import { PRESETS, type Preset, presetMessages, thinkingSystem } from "../../../src/prompt/presets.js";
import { renderReferenceText } from "../../../src/prompt/render.js";

describe("presets", () => {
  it("are filed under their ids", () => {
    for (const [id, preset] of Object.entries<Preset>(PRESETS)) expect(preset.id).toBe(id);
  });

  it("make the quick start's prompt", () => {
    expect(renderReferenceText(presetMessages(PRESETS["google-quickstart-cxr"], ["p"]), 1)).toBe(
      "<bos><start_of_turn>user\nYou are an expert radiologist.\n\nDescribe this X-ray\n\n<start_of_image><image_soft_token><end_of_image>\n\n<end_of_turn>\n<start_of_turn>model\n",
    );
  });

  it("put in what is asked for, as it stands", () => {
    const [message] = presetMessages(PRESETS["google-cxr-anatomy"], ["p"], { object_name: "$& {x}" });
    expect(JSON.stringify(message)).toContain("Where is the $& {x}? Don't");
  });

  it("name the slices of a CT", () => {
    const content = presetMessages(PRESETS["google-ct"], ["a", "b"])[0]?.content;
    expect((content as unknown[]).slice(1, -1)).toEqual([
      { type: "image", image: "a" },
      { type: "text", text: "SLICE 1" },
      { type: "image", image: "b" },
      { type: "text", text: "SLICE 2" },
    ]);
  });

  it.each<[string, () => unknown]>([
    ["a missing picture", () => presetMessages(PRESETS["google-cxr-longitudinal"], ["a"])],
    ["no slices", () => presetMessages(PRESETS["google-ct"], [])],
    ["a picture too many", () => presetMessages(PRESETS["google-quickstart-cxr"], ["a", "b"])],
    ["a missing value", () => presetMessages(PRESETS["google-cxr-anatomy"], ["a"])],
    ["a value too many", () => presetMessages(PRESETS["google-quickstart-cxr"], ["a"], { organ: "SECRET" })],
  ])("refuse %s", (_, run) => {
    expect(run).toThrow(expect.objectContaining({ code: "bad_option" }));
    expect(run).not.toThrow(/SECRET/);
  });

  it("ask for thinking in front of other system text", () => {
    expect(thinkingSystem()).toBe("SYSTEM INSTRUCTION: think silently if needed.");
    expect(thinkingSystem("You are x.")).toBe("SYSTEM INSTRUCTION: think silently if needed. You are x.");
  });
});
