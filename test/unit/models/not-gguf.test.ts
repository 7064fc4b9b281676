import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import os from "node:os";
import path from "node:path";
import { afterAll, expect, test } from "vitest";
import { readGguf } from "../../../src/models/gguf/gguf.js";

const folder = mkdtempSync(path.join(os.tmpdir(), "medgemma-not-gguf-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const LFS = `version https://git-lfs.github.com/spec/v1\noid sha256:${"4d7a".repeat(16)}\nsize 2489757760\n`;

test.each([
  // https://github.com/git-lfs/git-lfs/blob/main/docs/spec.md
  ["a Git LFS pointer", LFS, /Git LFS pointer/, /git lfs pull/],
  ["a git-annex pointer", "/annex/objects/SHA256E-s2489--4d7a.gguf\n", /git-annex/, /git annex get/],
  ["a page", "<!doctype html><html>Sign in, SECRET</html>", /web page/, /medgemma pull/],
  ["a page after a comment", "\n <!-- SECRET --><HTML>", /web page/, /medgemma pull/],
  [
    "a page with a byte order mark",
    "\xef\xbb\xbf<!doctype html><html>SECRET</html>",
    /web page/,
    /medgemma pull/,
  ],
  ["a store's error", '<?xml version="1.0"?><Error><Code>AccessDenied SECRET</Code></Error>', /XML/, /pull/],
  ["a server's error", '{"error":"Repository not found SECRET"}', /JSON/, /pull/],
  ["a configuration", '{\n  "architectures": ["SECRET"]\n}', /JSON/, /pull/],
  ["a hub's words", "Access to model SECRET is restricted.", /a text/, /pull/],
  ["an address", "https://huggingface.co/SECRET/model.gguf\n", /an address/, /hf:/],
  ["safetensors", '\x10\0\0\0\0\0\0\0{"__metadata__":{}}', /safetensors/, /convert_hf_to_gguf/],
  ["PyTorch's archive", "PK\x03\x04SECRET", /ZIP/, /convert_hf_to_gguf/],
  ["a pickle", "\x80\x02}q\0", /pickle/, /convert_hf_to_gguf/],
  ["gzip", "\x1f\x8b\x08\0SECRET", /packed/, /Unpack/],
  ["GGML's older form", "tjgg\x03\0\0\0", /older form/, /as GGUF/],
  ["nothing", "", /an empty file/, /pull/],
  ["zeros", "\0".repeat(100), /zeros/, /pull/],
  ["something else", "\x01\x02\xff\xfeSECRET\0", /four letters/, /\.gguf/],
])("%s in a model's place is called that", async (name, content, words, remedy) => {
  const file = path.join(folder, `${name}.gguf`);
  writeFileSync(file, content, "latin1");
  const error = await readGguf(file).catch((caught) => caught);
  expect(error).toMatchObject({
    code: "not_gguf",
    message: expect.stringMatching(words),
    remedy: expect.stringMatching(remedy),
  });
  expect(JSON.stringify({ ...error, message: error.message })).not.toMatch(/SECRET|4d7a/);
});
