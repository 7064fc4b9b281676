import { cpSync, mkdirSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import path from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { Application, serve, upload } from "../../support/application.js";
import { repository } from "../../support/pages.js";

const QUESTION = "Is there a pleural effusion?";
// What the phantom says of the picture: examples/images/README.md.
const ANSWER = "Yes, on the left.";
const dicom = path.join(repository, "test/fixtures/dicom/pydicom/JPEG2000.dcm");

let application: Application;
beforeAll(async () => {
  application = await Application.create();
}, 600_000);
afterAll(() => application?.dispose());

describe.each([
  ["docs/frameworks.md", "An upload, with node:http"],
  ["docs/frameworks.md", "Express"],
  ["docs/frameworks.md", "Next"],
])("%s, %s", (page, heading) => {
  test("answers about an uploaded picture and a DICOM file, and tells what it cannot read", {
    timeout: 600_000,
  }, async () => {
    const commands = application.take(page, heading);
    const start = commands.pop() ?? "";
    for (const command of commands) await application.shell(command);
    const standalone = heading === "Next" ? ".next/standalone" : "";
    const deployed = standalone === "" ? application.folder : movedAway(standalone);
    const server = await serve(start, deployed, application.environment(path.join(deployed, standalone)));
    try {
      await server.ready();
      const answered = async (picture: string) => {
        const response = await upload(server.url, picture, QUESTION);
        // A server that fails sends no JSON; its log says why.
        const body = await response.json().catch(() => server.log());
        return { status: response.status, body };
      };
      const picture = await answered(path.join(application.folder, "chest.png"));
      expect(picture.body).toMatchObject({
        text: ANSWER,
        notice: expect.stringContaining("draft"),
      });
      const study = await answered(dicom);
      expect(study.body).toMatchObject({ text: expect.stringMatching(/\w/) });
      const wrong = await answered(path.join(application.folder, "package.json"));
      expect(wrong).toMatchObject({ status: 422, body: { code: "image_unreadable" } });
    } finally {
      await server.stop();
    }
  });
});

/** So that a standalone server has nothing but what was traced. */
function movedAway(standalone: string): string {
  const deployed = path.join(application.home, "deployed");
  mkdirSync(path.join(deployed, path.dirname(standalone)), { recursive: true });
  renameSync(path.join(application.folder, standalone), path.join(deployed, standalone));
  return deployed;
}

test.each(["esbuild", "Vite", "Bun", "Deno"])("docs/bundlers.md, %s", async (heading) => {
  const commands = application.take("docs/bundlers.md", heading);
  let output = "";
  for (const command of commands) output = await application.shell(command);
  expect(output).toContain(ANSWER);
});

test("docs/bundlers.md, pnpm", { timeout: 300_000 }, async () => {
  const folder = path.join(application.home, "by-pnpm");
  mkdirSync(folder);
  const commands = application.take("docs/bundlers.md", "pnpm", folder);
  const dependencies = { medgemma: `file:${application.tarball}` };
  writeFileSync(
    path.join(folder, "package.json"),
    JSON.stringify({ name: "application", private: true, dependencies }),
  );
  // A package of a file has its address in its name.
  const settings = path.join(folder, "pnpm-workspace.yaml");
  const approved = readFileSync(settings, "utf8").replace(
    "medgemma:",
    `"medgemma@file:../${path.basename(application.tarball)}":`,
  );
  writeFileSync(settings, approved);
  cpSync(path.join(application.folder, "chest.png"), path.join(folder, "chest.png"));
  const [install = "", ...rest] = commands;
  expect(await application.shell(install, folder)).toMatch(/medgemma install.*Done/);
  application.addAddon(folder);
  let output = "";
  // The libraries are npm's: pnpm keeps them where only a compilation there finds them.
  for (const command of rest) output = await application.shell(command, folder, application.environment());
  expect(output).toContain(ANSWER);
});
