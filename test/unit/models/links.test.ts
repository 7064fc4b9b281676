import { execFileSync } from "node:child_process";
import { existsSync, mkdirSync, readFileSync, symlinkSync, writeFileSync } from "node:fs";
import path from "node:path";
import { expect, test } from "vitest";
import { BODY, expectWhole, fetchFile, name, target, top } from "./download-support.js";

const refused = { code: "models_folder", facts: { reason: "symbolic_link" } };

/** Somebody else's file, to which a link was planted. */
function plant(link: string): string {
  const victim = path.join(top, `victim-${path.basename(link)}`);
  writeFileSync(victim, "precious");
  mkdirSync(path.dirname(link), { recursive: true });
  symlinkSync(victim, link);
  return victim;
}

test("a link in the place of the part is refused, and what it leads to stays", async () => {
  const victim = plant(`${target}.part`);
  await expect(fetchFile()).rejects.toMatchObject({
    ...refused,
    message: expect.stringContaining(`${name}.part`),
  });
  expect(readFileSync(victim, "utf8")).toBe("precious");
});

test("so is one that leads nowhere yet", async () => {
  const victim = path.join(top, "not-there-yet");
  mkdirSync(path.dirname(target), { recursive: true });
  symlinkSync(victim, `${target}.part`);
  await expect(fetchFile()).rejects.toMatchObject(refused);
  expect(existsSync(victim)).toBe(false);
});

test.each([".json", ".etag"])(
  "a link in the place of the file's %s is replaced, not followed",
  async (ending) => {
    const victim = plant(target + ending);
    await fetchFile(ending === ".etag" ? { sha256: undefined } : {});
    expectWhole();
    expect(readFileSync(victim, "utf8")).toBe("precious");
  },
);

test("a link on the way there is refused; the folder for models may be one", async () => {
  const elsewhere = path.join(top, "elsewhere");
  mkdirSync(elsewhere);
  symlinkSync(elsewhere, path.join(top, "way"));
  const through = path.join(top, "way", "repository", name);
  await expect(fetchFile({ target: through })).rejects.toMatchObject(refused);
  expect(existsSync(path.join(elsewhere, "repository"))).toBe(false);
  await fetchFile({ target: through, folder: path.join(top, "way") });
  expect(readFileSync(path.join(elsewhere, "repository", name)).equals(BODY)).toBe(true);
});

test("a named pipe in the place of a part or a record is not waited for", async () => {
  mkdirSync(path.dirname(target), { recursive: true });
  execFileSync("mkfifo", [`${target}.part`]);
  await expect(fetchFile()).rejects.toMatchObject({ code: "file_not_found" });
  execFileSync("rm", [`${target}.part`]);
  execFileSync("mkfifo", [`${target}.json`, `${target}.etag`]);
  await fetchFile({ sha256: undefined });
  expectWhole();
});
