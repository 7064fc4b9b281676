import type { References } from "../elements/references.js";
import { asObject, asText, type Json } from "../elements/values.js";
import { isBase64 } from "./base64.js";
import { type DecodedText, decodeText } from "./charset.js";
import { type ContentType, formOf, isUnstated, parseContentType, type TextForm } from "./content-type.js";
import { markupSteps } from "./markup.js";
import { rtfSteps } from "./rtf.js";

/** What an Attachment or Binary carries. */
interface Carried {
  readonly type: ContentType;
  /** base64. */
  readonly data: string;
}

/** Base64 characters that tell what bytes begin with; a multiple of four. */
const HEAD = 512;

/** Whether it is an Attachment or a Binary: FHIR R4, sections 2.24.0.8 and 2.41; SampledData and Signature have data too. */
export function isAttachment(thing: Json): boolean {
  if (thing.resourceType === "Binary" || typeof thing.contentType === "string") return true;
  return typeof thing.data === "string" && !("origin" in thing || "who" in thing || "sigFormat" in thing);
}

/**
 * What it carries itself, in a `data:` address, or by a reference to a Binary that is contained or of the same Bundle;
 * undefined where it lies elsewhere.
 */
export function carriedBy(thing: Json, inside: Json, refs: References): Carried | undefined {
  const type = parseContentType(typeof thing.contentType === "string" ? thing.contentType : undefined);
  // STU3's Binary has `content`.
  const data = typeof thing.data === "string" ? thing.data : thing.content;
  if (typeof data === "string") return { type, data };
  const url = typeof thing.url === "string" ? thing.url.trim() : "";
  const own = /^data:([^,]{0,200}?)(;base64)?,/.exec(url);
  if (own !== null) {
    const rest = url.slice(own[0].length);
    return {
      type: own[1] ? parseContentType(own[1]) : type,
      data: own[2] ? rest : Buffer.from(unescaped(rest)).toString("base64"),
    };
  }
  const binary = url === "" ? undefined : asObject(refs.find(url, inside));
  if (binary?.resourceType !== "Binary" || typeof (binary.data ?? binary.content) !== "string")
    return undefined;
  const found = carriedBy({ ...binary, url: undefined }, inside, refs);
  return found && (isUnstated(found.type) ? { ...found, type } : found);
}

function unescaped(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

/** undefined where it is no text. */
export function formOfCarried({ type, data }: Carried): TextForm | undefined {
  const stated = formOf(type);
  if ((stated === undefined && !isUnstated(type)) || !isBase64(data)) return undefined;
  const head = Buffer.from(data.slice(0, HEAD), "base64");
  const start = head.toString("latin1").trimStart();
  // A PDF may begin with lines that look like text.
  if (/^(?:%PDF|GIF8)/.test(start)) return undefined;
  if (start.startsWith("{\\rtf")) return "rtf";
  if (stated !== undefined && stated !== "plain") return stated;
  if (/^MSH[^\w\s]/.test(start)) return "v2";
  if (/^(?:<!doctype html|<html)\b/i.test(start)) return "html";
  if (stated === undefined && /^(?:\xef\xbb\xbf)?<\?xml\b|^<(?:\w+:)?ClinicalDocument\b/.test(start))
    return "xml";
  return isBinary(head) ? undefined : "plain";
}

/** Control characters that no text has; UTF-16 has zeros, in every second byte at most. */
function isBinary(head: Uint8Array): boolean {
  let odd = 0;
  let zeros = 0;
  for (const byte of head) {
    if (byte === 0) zeros++;
    else if (byte < 9 || (byte > 13 && byte < 28 && byte !== 27)) odd++;
  }
  const marked = (head[0] === 0xff && head[1] === 0xfe) || (head[0] === 0xfe && head[1] === 0xff);
  return odd > 0 || (!marked && zeros > 0 && zeros < head.length * 0.35) || zeros > head.length * 0.55;
}

/** Elements of a CDA that are for readers; its header names people. */
const CDA_TOLD: ReadonlySet<string> = new Set(["title", "text"]);

/** The words that are carried. Gives way after each piece of the work. */
export function* textSteps(carried: Carried, form: TextForm): Generator<undefined, DecodedText, void> {
  const bytes = Buffer.from(carried.data, "base64");
  yield undefined;
  if (form === "rtf") return { text: yield* rtfSteps(bytes), guessed: false };
  const decoded = decodeText(bytes, carried.type.charset);
  yield undefined;
  if (form === "plain" || form === "v2") return decoded;
  const xml = form === "xml";
  const only = xml && isCda(decoded.text) ? CDA_TOLD : undefined;
  const text = yield* markupSteps(decoded.text, { xml, ...(only && { only }) });
  return { text, guessed: decoded.guessed };
}

/** HL7's Clinical Document Architecture, by its root element. */
export function isCda(xml: string): boolean {
  return /<(?:[\w-]{1,40}:)?ClinicalDocument[\s>]/.test(xml.slice(0, 20_000));
}

/** What an entry says of an attachment: its title, and that it was not read where it is no text or not there. */
export function sayAttachment(thing: Json, inside: Json, refs: References): string | undefined {
  const carried = carriedBy(thing, inside, refs);
  const read = carried !== undefined && formOfCarried(carried) !== undefined;
  const type = carried?.type.type || parseContentType(asText(thing.contentType)).type;
  const damaged = carried !== undefined && !isBase64(carried.data);
  const note = read
    ? undefined
    : `(attachment${type ? ` of ${type}` : ""} not read${damaged ? ": its data is damaged" : ""})`;
  return [asText(thing.title), note].filter(Boolean).join(" ") || undefined;
}
