import { existsSync, readFileSync } from "node:fs";
import path from "node:path";
import { expect, test } from "vitest";
import { MedGemmaError } from "../../src/base/errors.js";
import { SAMPLING, SAMPLING_NAMES } from "../../src/engine/sampling.js";
import { resolveLoadOptions } from "../../src/medgemma/load/load-options.js";
import { checkAskOptions } from "../../src/medgemma/run/ask-options.js";
import { pagesOf, repository } from "../support/pages.js";

const read = (page: string) => readFileSync(path.join(repository, page), "utf8");
const PAGES = [
  "README.md",
  "CONTRIBUTING.md",
  ...["docs", "docs/using", "docs/tasks", "docs/decisions"].flatMap(pagesOf),
];

/** The names that a check of options knows, from its own error. */
function knownOptions(check: () => void): string[] {
  try {
    check();
  } catch (error) {
    if (MedGemmaError.isInstance(error))
      return error.remedy
        .replace("Known options: ", "")
        .split(/, |\.$/)
        .filter(Boolean);
  }
  throw new Error("an unknown option was taken");
}

test.each([
  ["docs/using/ask.md", () => checkAskOptions("ask", { zzz: 1 } as object, ["schema", "jsonSchema"])],
  ["docs/using/load.md", () => resolveLoadOptions({ zzz: 1 } as object)],
])("%s names every option", (page, check) => {
  const names = knownOptions(check);
  expect(names.length).toBeGreaterThan(10);
  // Those of an endpoint have docs/remote.md.
  const text = read(page) + read("docs/remote.md");
  expect(names.filter((name) => !text.includes(`\`${name}\``))).toEqual([]);
});

test.each(SAMPLING_NAMES)("docs/using/sampling.md has a row for %s, with its default", (name) => {
  const row = new RegExp(`^\\| \`${name}\` \\| [^|]+ \\| ${SAMPLING[name].default} \\| .+ \\|$`, "m");
  expect(read("docs/using/sampling.md")).toMatch(row);
});

test("links between pages lead somewhere", () => {
  const broken = PAGES.flatMap((page) =>
    [...read(page).matchAll(/\]\((?!https?:|#|mailto:)([^)#\s]+)(#[^)]*)?\)/g)]
      .map(([, target = ""]) => target)
      .filter((target) => !existsSync(path.join(repository, path.dirname(page), target)))
      .map((target) => `${page}: ${target}`),
  );
  expect(broken).toEqual([]);
});

test("sources that pages name are there", () => {
  const missing = [...PAGES, ...pagesOf("docs/decisions")].flatMap((page) =>
    [...read(page).matchAll(/(?<![\w/])(?:src|test|native|bench|scripts)\/[\w./-]+\.(?:ts|mjs|cpp|h)\b/g)]
      .map(([source]) => source)
      .filter((source) => !existsSync(path.join(repository, source)))
      .map((source) => `${page}: ${source}`),
  );
  expect(missing).toEqual([]);
});

test("the README fits two screens", () => {
  expect(read("README.md").trimEnd().split("\n").length).toBeLessThanOrEqual(120);
});

test("pages for users do not ask for a clone's tools", () => {
  const forUsers = [...pagesOf("docs/using"), "docs/cli.md", "docs/frameworks.md"];
  for (const page of forUsers)
    expect(read(page), page).not.toMatch(/bench\/run\.mjs|npm run (?!docs:api|build|start)|npm ci/);
});
