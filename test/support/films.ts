import sharp from "sharp";
import type { RgbImage } from "../../src/image/rgb.js";
import { randomFrom } from "./corrupt.js";

/** A drawn chest film in the manner of the phantom's pictures, and what is in it. */
export interface Film {
  readonly image: RgbImage;
  readonly present: { readonly cardiomegaly: boolean; readonly "pleural effusion": boolean };
}

const SIDE = 224;

/**
 * Draws a film; the seed decides all of it. Frame, build, brightness, grain, nodule, opacity and pacemaker vary
 * independently of the heart and the effusion, so that nothing else gives those away.
 */
export async function drawFilm(seed: number): Promise<Film> {
  const random = randomFrom(seed * 7919 + 1);
  const between = (low: number, high: number) => low + ((high - low) * random(10_000)) / 10_000;
  const chance = (share: number) => random(10_000) < share * 10_000;
  const large = chance(0.5);
  const effusion = chance(0.5);
  const parts = [
    lungs(between),
    heart(between, large),
    ...(effusion ? [fluid(between, chance(0.5))] : []),
    ...(chance(0.3) ? [lesion(between, chance(0.5), "nodule")] : []),
    ...(chance(0.3) ? [lesion(between, chance(0.5), "opacity")] : []),
  ];
  const ribs = Array.from({ length: 9 }, (_, index) => {
    const y = 170 + index * 80;
    return `<path d="M 60 ${y + 30} Q 250 ${y - 75} 480 ${y - 70} M 940 ${y + 30} Q 750 ${y - 75} 520 ${y - 70}"/>`;
  });
  const [dx, dy, scale] = [between(-25, 25), between(-25, 25), between(0.93, 1.05)];
  const svg = `<svg xmlns="http://www.w3.org/2000/svg" width="${SIDE}" height="${SIDE}" viewBox="0 0 1000 1000">
    <defs>
      <radialGradient id="body"><stop offset="0.62" stop-color="#aaa"/><stop offset="0.84" stop-color="#909090"/><stop offset="1" stop-color="#121212"/></radialGradient>
      <filter id="soft"><feGaussianBlur stdDeviation="9"/></filter>
    </defs>
    <rect width="1000" height="1000" fill="#121212"/>
    <g transform="translate(500 500) scale(${scale}) translate(${dx - 500} ${dy - 500})">
      <ellipse cx="500" cy="560" rx="530" ry="640" fill="url(#body)"/>
      <g filter="url(#soft)">${parts.join("")}</g>
      <g fill="none" stroke="#fff" stroke-opacity="0.16" stroke-width="14" filter="url(#soft)">${ribs.join("")}</g>
      <rect x="452" y="70" width="96" height="420" fill="#b4b4b4" opacity="0.9"/>
      <rect x="470" y="70" width="55" height="930" fill="#d2d2d2" filter="url(#soft)"/>
      <g filter="url(#soft)">
        <path d="M 490 470 L 520 470 Q 545 700 600 760 L 500 820 L 405 760 Q 465 690 490 470" fill="#fff"/>
        <path d="M 115 830 Q 280 730 465 830 L 465 1100 L 115 1100 Z M 515 830 Q 700 730 865 830 L 865 1100 L 515 1100 Z" fill="#fff"/>
      </g>
      ${chance(0.3) ? pacemaker(between, chance(0.5)) : ""}
    </g>
  </svg>`;
  const { data } = await sharp(Buffer.from(svg)).removeAlpha().raw().toBuffer({ resolveWithObject: true });
  const [gain, shift, grain] = [between(0.88, 1.1), between(-10, 12), between(2, 7)];
  const pixels = new Uint8Array(data.length);
  for (let at = 0; at < data.length; at += 3) {
    const noise = grain * (between(-1, 1) + between(-1, 1));
    pixels.fill(Math.max(0, Math.min(255, (data[at] ?? 0) * gain + shift + noise)), at, at + 3);
  }
  const origin = { format: "raw", storedWidth: SIDE, storedHeight: SIDE, steps: [] } as const;
  return {
    image: { width: SIDE, height: SIDE, data: pixels, origin },
    present: { cardiomegaly: large, "pleural effusion": effusion },
  };
}

type Between = (low: number, high: number) => number;

function lungs(between: Between): string {
  const [wide, high] = [between(150, 166), between(320, 345)];
  return [288, 706]
    .map((x) => `<ellipse cx="${x}" cy="470" rx="${wide}" ry="${high}" fill="#323232"/>`)
    .join("");
}

/** A large one is wider than half the chest. */
function heart(between: Between, large: boolean): string {
  const width = large ? between(195, 220) : between(130, 150);
  const height = between(145, 165);
  return `<ellipse cx="${between(535, 555)}" cy="635" rx="${width}" ry="${height}" fill="#fff" opacity="0.44"/>`;
}

/** Hides the outer lower angle of a lung. */
function fluid(between: Between, onTheRight: boolean): string {
  const [top, inner] = [between(470, 560), between(620, 650)];
  const x = (value: number) => (onTheRight ? 994 - value : value);
  return `<path d="M ${x(880)} ${top} L ${x(inner)} ${top + 230} L ${x(inner)} 840 L ${x(880)} 840 Z" fill="#a6a6a6"/>`;
}

function lesion(between: Between, onTheRight: boolean, kind: "nodule" | "opacity"): string {
  const [x, y] = [onTheRight ? between(230, 340) : between(660, 770), between(220, 680)];
  if (kind === "nodule") return `<circle cx="${x}" cy="${y}" r="${between(28, 42)}" fill="#a8a8a8"/>`;
  return `<ellipse cx="${x}" cy="${y}" rx="${between(60, 85)}" ry="${between(60, 85)}" fill="#fff" opacity="0.3"/>`;
}

function pacemaker(between: Between, onTheRight: boolean): string {
  const [x, y] = [onTheRight ? between(260, 320) : between(680, 740), between(160, 220)];
  return `<rect x="${x - 44}" y="${y - 36}" width="88" height="72" fill="#f2f2f2"/>
    <path d="M ${x} ${y} Q ${x} ${y + 180} 575 620" fill="none" stroke="#f2f2f2" stroke-width="9"/>`;
}
