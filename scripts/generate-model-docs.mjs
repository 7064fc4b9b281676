// Writes the table of files in docs/models.md from models/catalogue.json; a test holds the two together.
import { readFileSync, writeFileSync } from "node:fs";
import path from "node:path";
import { pathToFileURL } from "node:url";
import { root } from "./platform.mjs";

const BEGIN = "<!-- from models/catalogue.json by npm run docs:models -->";
const END = "<!-- end -->";

const grouped = (bytes) => String(bytes).replace(/\B(?=(\d{3})+$)/g, ",");

const sizeOf = ({ bytes, approximateBytes }) =>
  bytes ? grouped(bytes) : approximateBytes ? `about ${grouped(approximateBytes)}` : "not known";

function row(name, { repository, revision, file, ...rest }) {
  const commit = revision === undefined ? "newest" : `\`${revision.slice(0, 8)}\``;
  const hash = rest.sha256 === undefined ? "not known" : `\`${rest.sha256}\``;
  return `| ${name} | ${repository}, ${commit} | ${file} | ${sizeOf(rest)} | ${hash} |`;
}

/** The table, with the marks around it. */
export function modelTable(catalogue) {
  const rows = catalogue.models.flatMap(({ name, variants, projectors }) => [
    ...variants.map((variant) => row(`${name}:${variant.tag}`, variant)),
    ...projectors.map((projector) => row(`its projector ${projector.tag}`, projector)),
  ]);
  const head = ["| Name | Repository, commit | File | Bytes | sha256 |", "|---|---|---|---|---|"];
  return [BEGIN, ...head, ...rows, END].join("\n");
}

/** A page with its table made anew. */
export function withModelTable(page, catalogue) {
  const [before, rest] = page.split(BEGIN);
  const [, after] = rest?.split(END) ?? [];
  if (after === undefined) throw new Error("The page has no place for the table.");
  return before + modelTable(catalogue) + after;
}

if (import.meta.url === pathToFileURL(process.argv[1]).href) {
  const page = path.join(root, "docs/models.md");
  const catalogue = JSON.parse(readFileSync(path.join(root, "models/catalogue.json"), "utf8"));
  writeFileSync(page, withModelTable(readFileSync(page, "utf8"), catalogue));
}
