/** JSON that also carries NaN and the infinities, which a logarithm can be. */

const MARK = "$number";

export function toJson(value: unknown): string {
  return JSON.stringify(value, (_, item: unknown) =>
    typeof item === "number" && !Number.isFinite(item) ? { [MARK]: String(item) } : item,
  );
}

export function fromJson(text: string): unknown {
  if (!text.includes(`"${MARK}"`)) return JSON.parse(text);
  return JSON.parse(text, (_, item: unknown) => {
    if (typeof item !== "object" || item === null || !(MARK in item)) return item;
    const shown = item[MARK];
    return shown === "NaN" || shown === "Infinity" || shown === "-Infinity" ? Number(shown) : item;
  });
}
