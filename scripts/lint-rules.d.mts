export interface Source {
  path: string;
  text: string;
}
export const MAX_LINES: number;
export function listFiles(dir: string, endings: readonly string[]): string[];
export function readSources(dir: string, endings: readonly string[]): Source[];
export function checkLengths(sources: readonly Source[]): string[];
export function checkAddons(sources: readonly Source[]): string[];
export function checkIndex(text: string): string[];
export function checkNative(sources: readonly Source[]): string[];
export function checkTerminal(sources: readonly Source[]): string[];
export function checkOptional(sources: readonly Source[]): string[];
export function checkTables(sources: readonly Source[]): string[];
