interface Entry {
  readonly meaning: string;
  readonly remedy: string;
  readonly exitCode: number;
}
export function renderErrorDocs(
  table: Readonly<Record<string, Entry>>,
  facts: Readonly<Record<string, Readonly<Record<string, readonly [string, string]>>>>,
): string;
