export function withModelTable(page: string, catalogue: unknown): string;
