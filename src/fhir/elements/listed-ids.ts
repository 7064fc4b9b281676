/** The first of them, and how many more. */
export function listedIds(ids: readonly string[]): string {
  return ids.slice(0, 10).join(", ") + (ids.length > 10 ? `, and ${ids.length - 10} more` : "");
}
