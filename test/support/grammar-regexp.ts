/**
 * A grammar of llama.cpp as a regular expression, for grammars whose rules do not contain themselves: an independent
 * reading of what the grammar allows.
 */
export function grammarRegExp(grammar: string): RegExp {
  const rules = new Map(
    grammar
      .trim()
      .split("\n")
      .map((line) => {
        const at = line.indexOf(" ::= ");
        return [line.slice(0, at), line.slice(at + 5)] as const;
      }),
  );
  const TOKEN = /"(?:\\.|[^"\\])*"|\[(?:\\.|[^\]\\])*\]|\{\d*,?\d*\}|[a-zA-Z0-9-]+|[()|*+?]|\s+/gy;
  const expand = (rule: string): string => {
    const body = rules.get(rule);
    if (body === undefined) throw new Error(`no rule ${rule}`);
    const text = [...body.matchAll(TOKEN)].map(([token]) => {
      if (token.trim() === "") return "";
      if (token.startsWith('"')) return `(?:${literal(token.slice(1, -1))})`;
      if (token.startsWith("[")) return codes(token).replaceAll(/(?<!\\)\[(?!$)(?=.)/g, "[");
      return /^[a-zA-Z0-9-]/.test(token) ? expand(token) : token;
    });
    return `(?:${text.join("")})`;
  };
  return new RegExp(`^${expand("root")}$`, "u");
}

/** Escapes of GBNF as those of JavaScript. */
function codes(text: string): string {
  return text.replaceAll(
    /\\(?:x|u|U)([0-9a-fA-F]{8}|[0-9a-fA-F]{4}|[0-9a-fA-F]{2})/g,
    (_, hex: string) => `\\u{${hex}}`,
  );
}

function literal(text: string): string {
  return [...text.matchAll(/\\U[0-9a-f]{8}|\\u[0-9a-f]{4}|\\x[0-9a-f]{2}|\\.|./gsu)]
    .map(([char]) => {
      if (/^\\[xuU]/.test(char)) return codes(char);
      if (char.startsWith("\\")) return char === '\\"' ? '"' : char;
      return /[\p{L}\p{N}]/u.test(char) ? char : `\\u{${(char.codePointAt(0) ?? 0).toString(16)}}`;
    })
    .join("");
}
