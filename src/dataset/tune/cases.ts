import path from "node:path";
import { parse } from "csv-parse/sync";
import { MedGemmaError } from "../../base/errors.js";
import { JSON_LINE, parseBounded } from "../../base/files/bounded-json.js";
import { folderOf } from "../../base/files/descriptor.js";
import { readTextFile } from "../../base/files/read-text.js";
import { isObject } from "../../base/guards.js";
import type { ImageInput } from "../../image/input.js";

/** One labelled case. */
export interface TuneCase {
  /** Pictures, in the order in which the model shall read them. Defaults to none. */
  readonly images?: ImageInput | readonly ImageInput[] | undefined;
  /** What is asked. Defaults to the set's question. */
  readonly question?: string | undefined;
  /** The answer to learn: a label of the options, or text. */
  readonly truth: string;
  /** Whose case it is: a patient's cases are all in one split. Never written out. Defaults to nobody's. */
  readonly group?: string | undefined;
}

/**
 * Cases from JSONL (`images` or `image`, `question`, `truth` or `label`, `group` or `patient`) or from a CSV with these
 * columns (several pictures divided by `;`). Paths are relative to the file.
 * @throws MedGemmaError `file_not_found`, `text_unreadable`, `bad_option` with the line's number.
 */
export async function readTuneCases(file: string): Promise<TuneCase[]> {
  const text = await readTextFile(file);
  const rows = /\.csv$/i.test(file) ? fromCsv(text) : fromJsonLines(text);
  return rows.map(({ row, number }) => toCase(row, number, folderOf(file)));
}

interface Row {
  readonly row: Record<string, unknown>;
  readonly number: number;
}

function fromCsv(text: string): Row[] {
  try {
    const rows: Record<string, string>[] = parse(text, {
      columns: (names: string[]) => names.map((name) => name.trim()),
      skip_empty_lines: true,
      relax_column_count: true,
    });
    return rows.map((row, index) => ({ row: splitImages(row), number: index + 1 }));
  } catch (error) {
    // Not the parser's words: they quote the line.
    const { code, records = 0 } = error as { code?: string; records?: number };
    throw badCase(
      records + 1,
      code === "CSV_QUOTE_NOT_CLOSED" ? "has a quote that is not closed" : "is no CSV",
    );
  }
}

function splitImages({ image = "", images = image, ...rest }: Record<string, string>): Row["row"] {
  const filled = Object.entries(rest).filter(([, value]) => value !== "");
  return { ...Object.fromEntries(filled), images: images.split(";").filter((name) => name.trim() !== "") };
}

function fromJsonLines(text: string): Row[] {
  return text.split("\n").flatMap((line, index): Row[] => {
    if (line.trim() === "") return [];
    try {
      const row: unknown = parseBounded(line, JSON_LINE);
      if (isObject(row)) return [{ row: row as Row["row"], number: index + 1 }];
    } catch {
      // Told below, without the parser's words: they quote the line.
    }
    throw badCase(index + 1, "is no JSON object");
  });
}

function toCase(row: Row["row"], number: number, folder: string): TuneCase {
  const { images = row.image ?? [], question, truth = row.label, group = row.patient } = row;
  const names = [images].flat();
  if (!names.every((name): name is string => typeof name === "string"))
    throw badCase(number, "names pictures by something else than paths");
  if (typeof truth !== "string" || truth.trim() === "") throw badCase(number, "has no truth");
  for (const value of [question, group]) {
    if (value !== undefined && typeof value !== "string")
      throw badCase(number, "has a question or group that is no text");
  }
  return {
    images: names.map((name) => path.resolve(folder, name.trim())),
    truth,
    ...(question !== undefined && { question: question as string }),
    ...(group !== undefined && { group: group as string }),
  };
}

/** @param number Counted from 1. */
export function badCase(number: number, trouble: string): MedGemmaError {
  return new MedGemmaError("bad_option", `Case ${number} ${trouble}.`, {
    facts: { option: "cases", case: number },
    remedy: 'Write {"images": ["a.png"], "truth": "..."} a line, or a CSV with the columns image and label.',
  });
}
