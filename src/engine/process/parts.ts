import type { RgbImage } from "../../image/rgb.js";
import type { PromptPart } from "../engine.js";
import type { ChildLink } from "./link/child-link.js";
import type { WirePart } from "./link/messages.js";

export interface SentParts {
  readonly wire: readonly WirePart[];
  readonly images: ReadonlyMap<string, RgbImage>;
}

/** Sends the pictures of a prompt and names them by key. */
export async function sendParts(
  link: ChildLink,
  parts: readonly PromptPart[],
  signal: AbortSignal | undefined,
): Promise<SentParts> {
  const pictures = parts.flatMap((part) => (part.type === "image" ? [part.image] : []));
  const keys = await link.send(pictures, signal);
  const images = new Map(keys.map((key, index) => [key, pictures[index] as RgbImage]));
  let next = 0;
  const wire = parts.map((part): WirePart => {
    if (part.type === "text") return { type: "text", text: part.text.toWellFormed(), special: part.special };
    return { type: "image", picture: keys[next++] ?? "" };
  });
  return { wire, images };
}
