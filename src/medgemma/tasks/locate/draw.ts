import { badOption } from "../../../base/errors.js";
import { escapeXml } from "../../../base/escape.js";
import { checkNames, plain, readOnce } from "../../../base/options.js";
import type { ImageInput } from "../../../image/input.js";
import type { RgbImage } from "../../../image/rgb.js";
import { readContent } from "../../run/pictures.js";
import { onePicture } from "../../run/task-prompt.js";
import type { LocatedBox } from "./boxes.js";

export interface DrawOptions {
  /** `png`: the picture with the boxes in it. `svg`: the boxes over it, to be scaled. Defaults to `"png"`. */
  format?: "png" | "svg" | undefined;
  /** Any CSS colour that is a word or `#rrggbb`. Defaults to `"#ffd000"`. */
  colour?: string | undefined;
}

/** Draws boxes of `locate` on their picture: SVG as text, PNG as bytes. */
export async function drawBoxes(
  image: ImageInput,
  boxes: readonly Pick<LocatedBox, "label" | "source">[],
  options: DrawOptions & { format: "svg" },
): Promise<string>;
export async function drawBoxes(
  image: ImageInput,
  boxes: readonly Pick<LocatedBox, "label" | "source">[],
  options?: DrawOptions & { format?: "png" },
): Promise<Uint8Array>;
export async function drawBoxes(
  image: ImageInput,
  boxes: readonly Pick<LocatedBox, "label" | "source">[],
  asked: DrawOptions = {},
): Promise<string | Uint8Array> {
  const options = readOnce("drawBoxes", asked);
  checkNames("drawBoxes", options, ["format", "colour"]);
  const { format = "png", colour = "#ffd000" } = options;
  if (format !== "png" && format !== "svg") throw badOption("format", '"png" or "svg"', format);
  if (typeof colour !== "string" || !/^(?:[a-z]+|#[0-9a-f]{3,8})$/i.test(colour))
    throw badOption("colour", "a word or #rrggbb", colour);
  const part = { type: "image", image: onePicture("image", image) } as const;
  const { content } = await readContent([part], { version: "1.5", fit: "stretch" }, {});
  const picture = content.find((each) => each.type === "image")?.image;
  if (!picture) throw badOption("image", "one picture", image);
  const drawn = checkBoxes(plain("boxes", boxes))
    .map((box) => shape(box, picture, colour))
    .join("\n");
  if (format === "svg") {
    const url = `data:image/png;base64,${Buffer.from(await toPng(picture)).toString("base64")}`;
    const { width, height } = picture;
    return svg(picture, `<image width="${width}" height="${height}" href="${url}"/>\n${drawn}`);
  }
  return toPng(picture, svg(picture, drawn));
}

function checkBoxes(boxes: unknown): readonly Pick<LocatedBox, "label" | "source">[] {
  if (!Array.isArray(boxes)) throw badOption("boxes", "a list of boxes", boxes);
  return boxes.map((box: unknown) => {
    const { label, source } = (typeof box === "object" ? (box ?? {}) : {}) as Partial<LocatedBox>;
    const sides = [source?.x, source?.y, source?.width, source?.height];
    if (typeof label !== "string" || !sides.every(Number.isFinite))
      throw badOption("boxes", "boxes with a label and numbers in source", box);
    return { label, source } as Pick<LocatedBox, "label" | "source">;
  });
}

function svg({ width, height }: RgbImage, content: string): string {
  return `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}" viewBox="0 0 ${width} ${height}">\n${content}\n</svg>\n`;
}

function shape(
  { label, source: { x, y, width, height } }: Pick<LocatedBox, "label" | "source">,
  picture: RgbImage,
  colour: string,
): string {
  const line = Math.max(1, Math.round(Math.max(picture.width, picture.height) / 256));
  const size = line * 8;
  // Above the box where there is room.
  const baseline = y > size + line ? y - line * 2 : y + height + size;
  const at = `x="${x}" y="${y}" width="${width}" height="${height}"`;
  return (
    `<rect ${at} fill="none" stroke="${colour}" stroke-width="${line}"/>` +
    `<text x="${x}" y="${baseline}" fill="${colour}" font-family="sans-serif" font-size="${size}">${escapeXml(label)}</text>`
  );
}

async function toPng({ data, width, height }: RgbImage, overlay?: string): Promise<Uint8Array> {
  const { default: sharp } = await import("sharp");
  const picture = sharp(data, { raw: { width, height, channels: 3 }, limitInputPixels: false });
  if (overlay !== undefined) picture.composite([{ input: Buffer.from(overlay), left: 0, top: 0 }]);
  return picture.png().toBuffer();
}
