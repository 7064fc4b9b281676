import { table } from "../../base/table.js";

/** A line of an HL7 v2 message: its name, and its fields as they were sent. */
export interface Segment {
  readonly name: string;
  /** Characters of all of it. */
  readonly length: number;
  /** Of one field its repetitions, of these their components, unescaped; fields are counted from 1. */
  field(index: number): readonly (readonly string[])[];
  /** The first component of the first repetition, and so on. Empty text where there is none. */
  text(index: number, component?: number): string;
}

/** Whether a text is an HL7 v2 message, or a batch of them: HL7 v2.9, chapters 2.5 and 2.10.3. */
export function isV2(text: string): boolean {
  return /^[\s\v\uFEFF]*(?:MSH|FHS|BHS)[^\w\s]/.test(text.slice(0, 200));
}

interface Delimiters {
  readonly field: string;
  readonly component: string;
  readonly repetition: string;
  readonly mark: string;
  readonly sub: string;
}

const USUAL: Delimiters = { field: "|", component: "^", repetition: "~", mark: "\\", sub: "&" };

/** Vertical tabs and file separators are MLLP's. */
const MLLP = "\v\u001c";
const LINE = new RegExp(`[^\\r\\n${MLLP}]+`, "g");

/** The segments of a text, in whatever line ends; frames of MLLP are left out. Each message has its own delimiters. */
export function* segmentsOf(text: string): Generator<Segment, void, void> {
  let delimiters = USUAL;
  for (const { 0: line } of text.matchAll(LINE)) {
    const trimmed = line.replace(/^[\s\uFEFF]+/, "");
    if (!/^[A-Z][A-Z0-9]{2}(?![\w])/.test(trimmed)) continue;
    if (/^(?:MSH|FHS|BHS)/.test(trimmed)) delimiters = delimitersOf(trimmed);
    yield segment(trimmed, delimiters);
  }
}

/** MSH-1 and MSH-2. */
function delimitersOf(line: string): Delimiters {
  const [, component = "^", repetition = "~", mark = "\\", sub = "&"] = line.slice(3, 8);
  return { field: line[3] ?? "|", component, repetition, mark, sub };
}

function segment(line: string, delimiters: Delimiters): Segment {
  const fields = line.split(delimiters.field);
  // MSH-1 is the delimiter itself.
  const shift = /^(?:MSH|FHS|BHS)/.test(line) ? 1 : 0;
  const read = new Map<number, readonly (readonly string[])[]>();
  const field = (index: number) => {
    const known = read.get(index);
    if (known !== undefined) return known;
    const raw = fields[index - shift] ?? "";
    // Two quotation marks say that a value is to be deleted: there is none.
    const parts = raw === "" || raw === '""' ? [] : raw.split(delimiters.repetition);
    const own = parts.map((it) => it.split(delimiters.component).map((part) => plain(part, delimiters)));
    read.set(index, own);
    return own;
  };
  return {
    name: line.slice(0, 3),
    length: line.length,
    field,
    text: (index, component = 1) => field(index)[0]?.[component - 1] ?? "",
  };
}

/** Without escapes (chapter 2.7) and with subcomponents as words. */
function plain(value: string, { mark, sub, field, component, repetition }: Delimiters): string {
  // Between spaces it is a sign that a sender did not escape.
  const parts =
    value === '""'
      ? ""
      : value
          .split(sub)
          .map((it, index, all) =>
            index === 0 ? it : (/\s$/.test(all[index - 1]?.slice(-1) ?? "") ? sub : " ") + it,
          )
          .join("");
  if (!parts.includes(mark)) return parts;
  const words: Readonly<Record<string, string>> = table({
    F: field,
    S: component,
    T: sub,
    R: repetition,
    E: mark,
  });
  let text = "";
  let done = 0;
  for (let at = parts.indexOf(mark); at >= 0; at = parts.indexOf(mark, done)) {
    const end = parts.indexOf(mark, at + 1);
    if (end < 0 || end - at > 200) break;
    text += parts.slice(done, at) + escaped(parts.slice(at + 1, end), words);
    done = end + 1;
  }
  return text + parts.slice(done);
}

function escaped(code: string, words: Readonly<Record<string, string>>): string {
  if (words[code] !== undefined) return words[code];
  if (/^\.(?:br|sp\d*|ce)$/.test(code)) return "\n";
  if (/^\.(?:in|ti|sk|fi|nf)/.test(code)) return " ";
  if (/^X(?:[\da-f]{2})+$/i.test(code)) return Buffer.from(code.slice(1), "hex").toString("latin1");
  // Highlighting, other character sets, and what senders add of their own.
  return "";
}
