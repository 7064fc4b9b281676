interface Entry {
  readonly meaning: string;
  readonly remedy: string;
  readonly exitCode: number;
}
export function readFacts(page: string): Map<string, string>;
export function renderErrorDocs(table: Readonly<Record<string, Entry>>, facts: Map<string, string>): string;
