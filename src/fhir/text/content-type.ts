import { table } from "../../base/table.js";

/** A media type as RFC 9110, section 8.3.1, writes it: in any capitals, with parameters. */
export interface ContentType {
  /** In small letters, `""` where there is none. */
  readonly type: string;
  /** The `charset` parameter. */
  readonly charset: string | undefined;
}

export function parseContentType(value: string | undefined): ContentType {
  const [type = "", ...parameters] = (value ?? "").slice(0, 500).split(";");
  const charset = parameters
    .map((it) => it.split("="))
    .find(([name]) => name?.trim().toLowerCase() === "charset")?.[1];
  return { type: type.trim().toLowerCase(), charset: charset?.trim().replace(/^["']|["']$/g, "") };
}

/** How the bytes of a type become text. */
export type TextForm = "plain" | "html" | "xml" | "rtf" | "v2";

const FORMS: Readonly<Record<string, TextForm>> = table({
  "text/html": "html",
  "application/xhtml+xml": "html",
  "text/xml": "xml",
  "application/xml": "xml",
  "text/rtf": "rtf",
  "text/richtext": "rtf",
  "application/rtf": "rtf",
  "application/x-rtf": "rtf",
  "application/msword-rtf": "rtf",
  "application/edi-hl7": "v2",
  "application/hl7-v2": "v2",
  "application/hl7-v2+er7": "v2",
  "x-application/hl7-v2+er7": "v2",
  "text/hl7v2": "v2",
});

/** Text types that hold no words about health. */
const NO_WORDS = /^text\/(?:v?card|x-vcard|calendar|css|javascript)$/;

/** undefined where a type is not text, or nothing is known of it. */
export function formOf({ type }: ContentType): TextForm | undefined {
  const known = FORMS[type];
  if (known !== undefined) return known;
  if (NO_WORDS.test(type)) return undefined;
  if (type.startsWith("text/")) return "plain";
  return /^application\/.*\+xml$/.test(type) ? "xml" : undefined;
}

/** Types by which a sender says that it does not know. */
export function isUnstated({ type }: ContentType): boolean {
  return type === "" || type === "application/octet-stream" || type === "binary/octet-stream";
}
