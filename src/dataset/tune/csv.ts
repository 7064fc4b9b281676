/**
 * Rows of a CSV text as RFC 4180 has them (quotes, doubled quotes, line ends inside quotes), by the names of its first
 * row. Empty lines are left out. Undefined when a quote is not closed.
 */
export function parseCsv(text: string): Record<string, string>[] | undefined {
  const rows: string[][] = [];
  let row: string[] = [];
  let field = "";
  let quoted = false;
  const source = text.replace(/^\uFEFF/, "");
  for (let at = 0; at < source.length; at++) {
    const letter = source[at] as string;
    if (quoted) {
      if (letter !== '"') field += letter;
      else if (source[at + 1] === '"') field += source[++at];
      else quoted = false;
    } else if (letter === '"' && field === "") quoted = true;
    else if (letter === ",") {
      row.push(field);
      field = "";
    } else if (letter === "\n") {
      rows.push([...row, field.replace(/\r$/, "")]);
      [row, field] = [[], ""];
    } else field += letter;
  }
  if (quoted) return undefined;
  if (field !== "" || row.length > 0) rows.push([...row, field.replace(/\r$/, "")]);
  const [names = [], ...values] = rows.filter((each) => each.some((value) => value.trim() !== ""));
  return values.map((each) => Object.fromEntries(names.map((name, at) => [name.trim(), each[at] ?? ""])));
}
