import { createHash } from "node:crypto";
import { badOption } from "../../../base/errors.js";
import { given, objectOption } from "../../../base/options.js";
import type { ImageOrigin, RgbImage } from "../../../image/rgb.js";
import type { ContentPart, Message } from "../../../prompt/message.js";
import { toTurn, turnsOf } from "./turns.js";

/**
 * A conversation as data: what `JSON.stringify(chat)` writes, and `model.chat({ restore })` takes. Each picture is there
 * once, however many turns show it. It holds the patient's pictures and words: keep it as you keep those.
 */
export interface ChatSnapshot {
  readonly format: "medgemma-chat";
  readonly version: 1;
  /** Oldest first; a picture is named by its key in `pictures`. */
  readonly turns: readonly Message<string>[];
  /** Decoded pictures by the sha256 of their size and pixels. */
  readonly pictures: Readonly<Record<string, SnapshotPicture>>;
  /** Of the oldest questions, how many the model is no longer shown; see `overflow`. */
  readonly dropped: number;
}

export interface SnapshotPicture {
  /** Pixels. */
  readonly width: number;
  readonly height: number;
  readonly origin: ImageOrigin;
  /** `width * height * 3` bytes as base64: rows from the top, R G B. */
  readonly rgb: string;
}

/** What a session goes on from. */
export interface ChatState {
  readonly turns: readonly Message<RgbImage>[];
  readonly dropped: number;
}

export function toSnapshot({ turns, dropped }: ChatState): ChatSnapshot {
  // Without a prototype: keys come from the data.
  const pictures: Record<string, SnapshotPicture> = Object.create(null);
  const keyOf = (image: RgbImage): string => {
    const { width, height, origin, data } = image;
    const key = createHash("sha256").update(`${width}x${height}:`).update(data).digest("hex");
    pictures[key] ??= { width, height, origin, rgb: toBuffer(data).toString("base64") };
    return key;
  };
  const named = turns.map(({ role, content }) => ({
    role,
    content:
      typeof content === "string"
        ? content
        : content.map(
            (part): ContentPart<string> =>
              part.type === "text" ? part : { type: "image", image: keyOf(part.image) },
          ),
  }));
  return { format: "medgemma-chat", version: 1, turns: named, pictures, dropped };
}

/** @throws MedGemmaError `bad_option`: it is no snapshot, or a damaged one. */
export function fromSnapshot(snapshot: unknown): ChatState {
  const { format, version, turns, pictures, dropped } = objectOption("restore", snapshot);
  if (format !== "medgemma-chat" || version !== 1)
    throw badOption("restore", "what JSON.stringify(chat) wrote, version 1,", snapshot);
  const list = turnsOf("restore.turns", turns);
  if (!Number.isInteger(dropped) || Number(dropped) < 0 || Number(dropped) > list.length)
    throw badOption("restore.dropped", "a number of its questions", dropped);
  const read = new Map(
    Object.entries(objectOption("restore.pictures", pictures)).map(([key, picture]) => [
      key,
      toImage(picture),
    ]),
  );
  return { turns: list.map((turn, index) => toMessage(turn, index, read)), dropped: Number(dropped) };
}

function toMessage(turn: unknown, index: number, pictures: ReadonlyMap<string, RgbImage>): Message<RgbImage> {
  const where = `restore.turns[${index}]`;
  const { role, content } = toTurn(turn, index, where);
  if (typeof content === "string") return { role, content };
  const parts = content.map((part): ContentPart<RgbImage> => {
    if (part.type === "text") return part;
    const image = typeof part.image === "string" ? pictures.get(part.image) : undefined;
    if (!image) throw badOption(`${where}.content`, "pictures of restore.pictures", part);
    return { type: "image", image };
  });
  return { role, content: parts };
}

function toImage(picture: unknown): RgbImage {
  const { width, height, origin, rgb } = objectOption("restore.pictures", picture);
  const data = typeof rgb === "string" ? new Uint8Array(Buffer.from(rgb, "base64")) : undefined;
  const side = (value: unknown): value is number => Number.isSafeInteger(value) && Number(value) > 0;
  if (!data || !side(width) || !side(height) || data.length !== width * height * 3)
    throw badOption("restore.pictures", "pictures of width * height * 3 bytes", picture);
  return { width, height, data, origin: toOrigin(origin) };
}

function toOrigin(value: unknown): ImageOrigin {
  const { format, storedWidth, storedHeight, steps, fit, warnings } = objectOption("restore.pictures", value);
  const whole =
    typeof format === "string" &&
    [storedWidth, storedHeight].every(Number.isFinite) &&
    isTexts(steps) &&
    [undefined, "pad", "stretch"].includes(fit as string | undefined) &&
    (warnings === undefined || isTexts(warnings));
  if (!whole) throw badOption("restore.pictures", "pictures with their origin", value);
  return given({ format, storedWidth, storedHeight, steps, fit, warnings }) as ImageOrigin;
}

const isTexts = (value: unknown): value is string[] =>
  Array.isArray(value) && value.every((text) => typeof text === "string");

const toBuffer = (data: Uint8Array) => Buffer.from(data.buffer, data.byteOffset, data.byteLength);
