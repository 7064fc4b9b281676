/**
 * Holds structured output to the official JSON-Schema-Test-Suite, which is not part of this project: its folder, as in
 * the source package of PyPI's `jsonschema` (`pip download jsonschema==4.23.0 --no-deps --no-binary jsonschema`, then
 * the folder `json` of the archive), or a clone of github.com/json-schema-org/JSON-Schema-Test-Suite. Whether a text
 * follows a grammar is told by llama.cpp itself (gbnf_match.cpp, compiled here).
 *
 *     node bench/run.mjs test/oracles/json_schema_suite.ts FOLDER [--list]
 *
 * For each keyword (file of the suite; drafts 7, 2019-09 and 2020-12 together): schemas refused before a model would
 * work; schemas accepted, and of their valid instances those that the grammar leaves out; of those that are not valid
 * those that the grammar alone refuses; and what is wrong: an instance that is not valid and passes the check, a valid
 * one that fails it, a grammar that llama.cpp cannot read, or one that allows no valid instance at all.
 */
import { execFileSync, spawn } from "node:child_process";
import { readdirSync, readFileSync } from "node:fs";
import os from "node:os";
import path from "node:path";
import { platformPackage, root } from "../../scripts/platform.mjs";
import { MedGemmaError } from "../../src/base/errors.js";
import { toCheck } from "../../src/engine/schema/check.js";
import { toGrammar } from "../../src/engine/schema/schema.js";

interface Group {
  readonly description: string;
  readonly schema: unknown;
  readonly tests: readonly {
    readonly description: string;
    readonly data: unknown;
    readonly valid: boolean;
  }[];
}

const DRAFTS: Readonly<Record<string, string>> = {
  draft7: "http://json-schema.org/draft-07/schema#",
  "draft2019-09": "https://json-schema.org/draft/2019-09/schema",
  "draft2020-12": "https://json-schema.org/draft/2020-12/schema",
};
/** Tests of what is decided otherwise here (docs/structured-output.md): which formats are asserted, which are not. */
const OTHER_DECISION = new Set([
  ...["format.json", "optional/content.json", "optional/format/idn-email.json", "optional/format/iri.json"],
  ...["optional/format/idn-hostname.json", "optional/format/iri-reference.json"],
]);

/** llama.cpp's answers to the matcher's records, one a line. */
class Matcher {
  readonly #child;
  #lines: string[] = [];
  #rest = "";
  #wake = () => {};

  constructor() {
    const binary = path.join(os.tmpdir(), `gbnf-match-${process.pid}`);
    const llama = path.join(root, ".llama.cpp");
    const lib = platformPackage()?.libDir ?? "";
    const libraries = readdirSync(lib).filter((name) => /^lib(llama|ggml)[.-].*so|^libggml-base/.test(name));
    const include = ["src", "include", "ggml/include"].map((it) => `-I${path.join(llama, it)}`);
    const source = path.join(root, "test/oracles/gbnf_match.cpp");
    const link = libraries.filter((it) => !it.includes("-cpu-") && !it.includes("common"));
    execFileSync("c++", [
      ...["-std=c++17", "-O1", ...include, source, "-o", binary],
      ...[...link.map((it) => path.join(lib, it)), `-Wl,-rpath,${lib}`],
    ]);
    this.#child = spawn(binary, { stdio: ["pipe", "pipe", "ignore"] });
    this.#child.stdout.setEncoding("utf8").on("data", (text: string) => {
      const lines = (this.#rest + text).split("\n");
      this.#rest = lines.pop() ?? "";
      this.#lines.push(...lines);
      this.#wake();
    });
    this.#child.on("exit", () => {
      this.#lines.push("ended");
      this.#wake();
    });
  }

  async tell(kind: "G" | "T", text: string): Promise<string> {
    this.#child.stdin.write(`${kind} ${Buffer.byteLength(text)}\n${text}\n`);
    while (this.#lines.length === 0) await new Promise<void>((resolve) => (this.#wake = resolve));
    return this.#lines.shift() ?? "";
  }

  end(): void {
    this.#child.stdin.end();
  }
}

const PLAIN_VALUES: readonly unknown[] = [
  ...[null, true, 0, 1, 2, 10, 0.5, "", "a", "foo", [], [1], ["foo"], [1, 2], {}, { foo: 1 }, { foo: "a" }],
];

/** Ways to write a value: the names of its objects in any order, some hundred at most. */
function* written(value: unknown): Generator<string> {
  if (value === null || typeof value !== "object") {
    yield JSON.stringify(value).replaceAll("\x7f", "\\u007f");
  } else if (Array.isArray(value)) {
    for (const parts of together(value.map((it) => [...written(it)].slice(0, 24))))
      yield `[${parts.join(",")}]`;
  } else {
    for (const names of orders(Object.keys(value))) {
      const parts = names.map((name) =>
        [...written((value as Record<string, unknown>)[name])]
          .slice(0, 24)
          .map((it) => `${JSON.stringify(name)}:${it}`),
      );
      for (const pairs of together(parts)) yield `{${pairs.join(",")}}`;
    }
  }
}

function* together(parts: readonly (readonly string[])[]): Generator<string[]> {
  const [first, ...rest] = parts;
  if (first === undefined) return yield [];
  for (const others of together(rest)) for (const one of first) yield [one, ...others];
}

function* orders(names: readonly string[]): Generator<string[]> {
  if (names.length < 2 || names.length > 6) return yield [...names];
  for (const [index, name] of names.entries()) {
    for (const rest of orders(names.toSpliced(index, 1))) yield [name, ...rest];
  }
}

interface Row {
  refused: number;
  accepted: number;
  valid: number;
  invalid: number;
  narrower: number;
  grammarToo: number;
  wrong: string[];
}

async function judge(
  { schema, tests, description }: Group,
  uri: string,
  matcher: Matcher,
  row: Row,
  list: boolean,
) {
  const named = typeof schema === "object" ? { $schema: uri, ...schema } : schema;
  let check: ReturnType<typeof toCheck>;
  let grammar: string;
  try {
    check = toCheck(named);
    grammar = toGrammar(named);
  } catch (error) {
    if (!MedGemmaError.isInstance(error)) throw error;
    row.refused++;
    if (list) console.log(`  refused: ${description}: ${error.message}`);
    return;
  }
  row.accepted++;
  if ((await matcher.tell("G", grammar)) !== "ok")
    row.wrong.push(`${description}: llama.cpp cannot read the grammar`);
  let allowed = 0;
  for (const { data, valid, description: what } of tests) {
    const passes = check(data) === undefined;
    if (passes !== valid) row.wrong.push(`${description}: ${what}: ${valid ? "refused" : "let through"}`);
    let follows = false;
    let tries = 0;
    for (const text of written(data)) {
      if (follows || tries++ > 800) break;
      follows = (await matcher.tell("T", text)) === "1";
    }
    if (valid) {
      row.valid++;
      if (follows) allowed++;
      else {
        row.narrower++;
        if (list) console.log(`  narrower: ${description}: ${what}`);
      }
    } else {
      row.invalid++;
      if (!follows) row.grammarToo++;
    }
  }
  if (allowed > 0 || !tests.some(({ valid }) => valid)) return;
  // Any answer that the grammar allows and the check takes will do.
  for (const value of PLAIN_VALUES) {
    if (check(value) === undefined && (await matcher.tell("T", JSON.stringify(value))) === "1") return;
  }
  row.wrong.push(`${description}: the grammar allows no valid instance`);
}

const folder = process.argv.slice(2).find((it) => !it.startsWith("--"));
if (folder === undefined) throw new Error("usage: json_schema_suite.ts FOLDER [--list]");
const list = process.argv.includes("--list");
const matcher = new Matcher();
const rows = new Map<string, Row>();
for (const [draft, uri] of Object.entries(DRAFTS)) {
  for (const part of ["", "optional", "optional/format"]) {
    const dir = path.join(folder, "tests", draft, part);
    for (const file of readdirSync(dir).filter((it) => it.endsWith(".json"))) {
      const name = path.posix.join(part, file);
      if (OTHER_DECISION.has(name)) continue;
      const row = rows.get(name) ?? newRow();
      rows.set(name, row);
      for (const group of JSON.parse(readFileSync(path.join(dir, file), "utf8")) as Group[]) {
        await judge({ ...group, description: `${draft}: ${group.description}` }, uri, matcher, row, list);
      }
    }
  }
}
matcher.end();
console.log(
  "| keyword | schemas refused | accepted | valid, left out | not valid, by the grammar too | wrong |",
);
console.log("|---|---|---|---|---|---|");
const total = newRow();
for (const [name, row] of [...rows].sort(([a], [b]) => (a < b ? -1 : 1))) {
  print(name.replace(/\.json$/, ""), row);
  for (const key of ["refused", "accepted", "valid", "invalid", "narrower", "grammarToo"] as const) {
    total[key] += row[key];
  }
  total.wrong.push(...row.wrong);
}
print("all", total);
for (const it of total.wrong) console.log(`wrong: ${it}`);
process.exitCode = total.wrong.length === 0 ? 0 : 1;

function newRow(): Row {
  return { refused: 0, accepted: 0, valid: 0, invalid: 0, narrower: 0, grammarToo: 0, wrong: [] };
}

function print(name: string, row: Row): void {
  const shares = `${row.narrower} of ${row.valid} | ${row.grammarToo} of ${row.invalid}`;
  console.log(`| ${name} | ${row.refused} | ${row.accepted} | ${shares} | ${row.wrong.length} |`);
}
