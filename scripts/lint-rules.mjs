// The project's own rules, which no linter knows. Who may import whom in src/ stands in .dependency-cruiser.mjs.
import { readdirSync, readFileSync } from "node:fs";
import path from "node:path";
import ts from "typescript";

/** Above so many lines of code a file holds two things. */
export const MAX_LINES = 300;

const ADDON_LOADER = "engine/native/addon.ts";

/** Files below `dir` with one of the endings, relative to it, with `/`. */
export function listFiles(dir, endings) {
  return readdirSync(dir, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && endings.some((ending) => entry.name.endsWith(ending)))
    .map((entry) => path.relative(dir, path.join(entry.parentPath, entry.name)).replaceAll("\\", "/"))
    .sort();
}

/** Sources as `{path, text}`: the rules below are pure, so that a test can hand them a file that breaks them. */
export function readSources(dir, endings) {
  return listFiles(dir, endings).map((name) => ({
    path: name,
    text: readFileSync(path.join(dir, name), "utf8"),
  }));
}

const NO_CODE =
  /\/\*[\s\S]*?\*\/|^\s*\/\/.*$|^import\b[^;]*;|^export (?:type )?(?:\*|\{[^}]*\}) from [^;]*;|^#include\b.*$/gm;

/** Lines that do something: no blank lines, comments, imports or re-exports, so that nobody saves on words. */
const codeLines = (text) =>
  text
    .replace(NO_CODE, "")
    .split("\n")
    .filter((line) => line.trim() !== "").length;

/** @returns one sentence a file that is too long. */
export function checkLengths(sources) {
  return sources.flatMap(({ path: name, text }) => {
    const lines = codeLines(text);
    return lines > MAX_LINES
      ? [`${name} has ${lines} lines of code; above ${MAX_LINES} it holds two things`]
      : [];
  });
}

/** @returns one sentence a file besides ADDON_LOADER that loads addons. */
export function checkAddons(sources) {
  return sources
    .filter(({ path: name, text }) => name !== ADDON_LOADER && /\.node["'`]|\bdlopen\b/.test(text))
    .map(({ path: name }) => `${name} loads an addon; only ${ADDON_LOADER} may`);
}

/** What is written elsewhere would reach a terminal as a model, a server or a file's name has it. */
const TERMINAL = "cli/terminal.ts";
/** The decoders' worker silences what libraries print. */
const SILENCED = "dicom/worker/worker.ts";

/** @returns a sentence for each file of src/ that writes to the terminal past the one that makes it harmless. */
export function checkTerminal(sources) {
  return sources
    .filter(({ path: name }) => name !== TERMINAL && name !== SILENCED)
    .filter(({ text }) =>
      /\bprocess\.std(?:out|err)\.write\((?!"")|\bconsole\.\w+\(/.test(text.replace(NO_CODE, "")),
    )
    .map(({ path: name }) => `${name} writes to the terminal; only ${TERMINAL} may`);
}

/** @returns a sentence for anything in src/index.ts that is no `export ... from`. */
export function checkIndex(text) {
  const file = ts.createSourceFile("index.ts", text, ts.ScriptTarget.Latest);
  return file.statements.flatMap((statement) => {
    if (ts.isExportDeclaration(statement) && statement.moduleSpecifier) return [];
    const start = file.getLineAndCharacterOfPosition(statement.getStart(file)).line + 1;
    return [`index.ts:${start} is no re-export: the public names stand there, nothing else`];
  });
}

const NODE_API = /#\s*include\s*[<"](?:napi|node_api|uv|v8)\.h[>"]|\bNapi::/;
const NAPI_INCLUDE = /#\s*include\s*[<"]napi\.h[>"]/;
const LLAMA_INCLUDE = /#\s*include\s*[<"](?:llama|llama-cpp|mtmd|mtmd-helper|gguf|clip|ggml[\w-]*)\.h[>"]/;
const LLAMA_CALL = /\b(?:llama|mtmd|ggml)_\w+\s*\(/g;

/** @returns a sentence for each trespass of native/: the engine knows no Node-API, the binding no llama.cpp. */
export function checkNative(sources) {
  const engineHeaders = sources.filter(({ path: name }) => /^engine\/.*\.h$/.test(name));
  // Functions of the engine's own whose names begin like llama.cpp's.
  const own = new Set(engineHeaders.flatMap(({ text }) => text.match(LLAMA_CALL) ?? []));
  return sources.flatMap(({ path: name, text }) => {
    const code = text.replaceAll(/\/\/[^\n]*/g, "");
    if (name.startsWith("engine/")) {
      return NODE_API.test(code) ? [`${name} uses Node-API; the engine must run without Node`] : [];
    }
    if (!name.startsWith("binding/")) return [];
    const problems = [];
    if (name !== "binding/napi_setup.h" && NAPI_INCLUDE.test(code)) {
      problems.push(`${name} includes napi.h; only binding/napi_setup.h may`);
    }
    const calls = (code.match(LLAMA_CALL) ?? []).filter((call) => !own.has(call));
    for (const found of [...(code.match(LLAMA_INCLUDE) ?? []), ...calls]) {
      problems.push(`${name} has ${found}; the binding reaches llama.cpp through native/engine only`);
    }
    return problems;
  });
}

/**
 * Optional properties of exported types may be given as undefined: an application under exactOptionalPropertyTypes
 * hands on what it has.
 * @returns one sentence a property that may not.
 */
export function checkOptional(sources) {
  return sources.flatMap(({ path: file, text }) => {
    const tree = ts.createSourceFile(file, text, ts.ScriptTarget.Latest, true);
    const problems = [];
    const visit = (node, exported) => {
      if (ts.isInterfaceDeclaration(node) || ts.isTypeAliasDeclaration(node))
        exported = (node.modifiers ?? []).some(({ kind }) => kind === ts.SyntaxKind.ExportKeyword);
      if (exported && ts.isPropertySignature(node) && node.questionToken && !mayBeUndefined(node.type)) {
        problems.push(`${file}: ${node.name.getText(tree)} is optional: let it be undefined too`);
      }
      ts.forEachChild(node, (child) => visit(child, exported));
    };
    visit(tree, false);
    return problems;
  });
}

function mayBeUndefined(type) {
  if (type === undefined) return true;
  if (ts.isUnionTypeNode(type)) return type.types.some(mayBeUndefined);
  return [ts.SyntaxKind.UndefinedKeyword, ts.SyntaxKind.UnknownKeyword, ts.SyntaxKind.NeverKeyword].includes(
    type.kind,
  );
}

const TABLE_TYPE = /^(?:Readonly<)?Record<\s*string\b/;

/** Whether an expression is known where it is written. */
const isLiteral = (node) => ts.isStringLiteralLike(node) || ts.isNumericLiteral(node);

/** A literal, a symbol of the language, or a constant. */
const isFixed = (node) =>
  isLiteral(node) ||
  ts.isPrivateIdentifier(node) ||
  /^(?:Symbol\.\w+|[A-Z][A-Z_\d]*)$/.test(node.getText(node.getSourceFile()));

/**
 * A key that comes from outside may be `constructor` or `__proto__`, which every plain object has.
 * @returns one sentence a plain object of Record<string, ...> that is looked up by a key which is not written there, and
 * one an `in` with such a key.
 */
export function checkTables(sources) {
  const trees = sources.map(({ path: file, text }) => ({
    file,
    tree: ts.createSourceFile(file, text, ts.ScriptTarget.Latest, true),
  }));
  const plain = trees.flatMap(({ file, tree }) => plainTables(file, tree));
  return trees.flatMap(({ file, tree }) => {
    const problems = [];
    const isPlain = (name) =>
      plain.some((it) => it.name === name && (it.file === file || (it.exported && imports(tree, name))));
    const visit = (node) => {
      if (ts.isElementAccessExpression(node) && !isLiteral(node.argumentExpression)) {
        const of = ts.isParenthesizedExpression(node.expression)
          ? node.expression.expression
          : node.expression;
        if (ts.isIdentifier(of) ? isPlain(of.text) : ts.isObjectLiteralExpression(of))
          problems.push(
            `${file}: ${node.getText(tree).slice(-60)} looks up a plain object: make it with table()`,
          );
      }
      if (
        ts.isBinaryExpression(node) &&
        node.operatorToken.kind === ts.SyntaxKind.InKeyword &&
        !isFixed(node.left)
      ) {
        problems.push(
          `${file}: ${node.getText(tree).slice(0, 60)} finds what every object has: use Object.hasOwn()`,
        );
      }
      ts.forEachChild(node, visit);
    };
    visit(tree);
    return problems;
  });
}

/** Constants of a file that are written as a plain object and typed as a table. */
function plainTables(file, tree) {
  const found = [];
  const visit = (node, exported) => {
    if (ts.isVariableStatement(node))
      exported = (node.modifiers ?? []).some(({ kind }) => kind === ts.SyntaxKind.ExportKeyword);
    if (
      ts.isVariableDeclaration(node) &&
      node.type !== undefined &&
      TABLE_TYPE.test(node.type.getText(tree)) &&
      node.initializer !== undefined &&
      ts.isObjectLiteralExpression(node.initializer)
    ) {
      found.push({ file, name: node.name.getText(tree), exported });
    }
    ts.forEachChild(node, (child) => visit(child, exported));
  };
  visit(tree, false);
  return found;
}

function imports(tree, name) {
  return tree.statements.some(
    (it) =>
      ts.isImportDeclaration(it) &&
      (it.importClause?.namedBindings?.elements ?? []).some((element) => element.name.text === name),
  );
}
