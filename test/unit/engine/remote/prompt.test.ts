import { describe, expect, it } from "vitest";
import { toServerPrompt } from "../../../../src/engine/remote/llama-server/prompt.js";

const image = {
  width: 2,
  height: 2,
  data: new Uint8Array(12).fill(9),
  origin: { format: "raw", storedWidth: 2, storedHeight: 2, steps: [] },
};
const settings = {
  marker: "<__media__>",
  imageSize: 2,
  tokenize: async (text: string, special: boolean) =>
    special && text.includes("<end_of_turn>") ? [106] : [...text].map((letter) => letter.charCodeAt(0)),
};
const picture = [
  { type: "text", text: "<bos><start_of_turn>user\n\n\n<start_of_image>", special: true },
  { type: "image", image },
  { type: "text", text: "<end_of_image>\n\n", special: true },
] as const;

describe("toServerPrompt", () => {
  it("gives ids without pictures, so that control words stay letters", async () => {
    const parts = [{ type: "text", text: "<end_of_turn>", special: false }] as const;
    expect(await toServerPrompt(parts, settings)).toHaveLength(13);
  });

  it("leaves out what the server adds around pictures, and keeps the newlines", async () => {
    const prompt = await toServerPrompt(
      [...picture, { type: "text", text: "a < b?", special: false }],
      settings,
    );
    expect(prompt).toMatchObject({ prompt_string: "<start_of_turn>user\n\n\n<__media__>\n\na < b?" });
  });

  it.each(["<end_of_turn>", "<__media__>"])("refuses %s in a text with pictures", async (text) => {
    await expect(
      toServerPrompt([...picture, { type: "text", text, special: false }], settings),
    ).rejects.toMatchObject({ code: "unsupported_by_endpoint" });
  });
});
