import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { describe, expect, it } from "vitest";
import { MedGemmaError } from "../../../src/base/errors.js";
import {
  formatInspection,
  inspectPath,
  isDicom,
  readDicom,
  toModelPictures,
} from "../../../src/dicom/index.js";
import { type DataSet, greyPicture, type Value, writeDicom } from "./support/write-dicom.js";

/** In every text of the planted files; must be in nothing that comes out. */
const SECRET = "SECRETNAME";

// Every text VR, at places that readers look at and at private ones; also where only codes belong.
const TEXTS = (
  "00080005 CS,00080008 CS,00080012 DA,00080018 UI,00080020 DA,00080021 DA,00080030 TM,00080050 SH,00080060 CS,00080070 LO," +
  "00080080 LO,00080081 ST,00080090 PN,00081010 SH,00081030 LO,0008103e LO,00081040 LO,00081050 PN,00081070 PN,00084000 LT," +
  "00100010 PN,00100020 LO,00100030 DA,00100032 TM,00100040 CS,00101000 LO,00101001 PN,00101010 AS,00101040 LO,001021b0 LT," +
  "00104000 LT,00180015 CS,00181000 LO,00181020 LO,00181030 LO,00185101 CS,0020000d UI,0020000e UI,00200010 SH,00200011 IS," +
  "00200013 IS,00200052 UI,00200060 CS,00204000 LT,00280008 IS,00280301 CS,00281050 DS,00281051 DS,00281054 LO,00281055 LO," +
  "00281056 CS,00282110 CS,00321032 PN,00324000 LT,00380010 LO,00400006 PN,00400254 LO,00400280 ST,20500020 CS,40080300 PN"
).split(",");
const PRIVATE = [
  "00090010 LO",
  "00091001 LO",
  "00091002 UT",
  "00290010 LO",
  "00291010 LT",
  "00291011 PN",
  "00291012 UN",
];

function planted(keep: readonly string[]): DataSet {
  const set: Record<string, Value> = {};
  for (const key of [...TEXTS, ...PRIVATE]) if (!keep.includes(key)) set[key] = `${SECRET}${key.slice(0, 8)}`;
  const nested = {
    "00100010 PN": SECRET,
    "00080104 LO": SECRET,
    "00091001 LO": SECRET,
    "0040a160 UT": SECRET,
  };
  set["00081140 SQ"] = [{ ...nested, "00400555 SQ": [nested] }];
  set["00091020 SQ"] = [nested];
  set["00283010 SQ"] = [{ "00283003 LO": SECRET }];
  return set;
}

function file(modality: string | undefined, more: DataSet = {}): Uint8Array {
  const keep = modality === undefined ? [] : ["00080060 CS"];
  const base = greyPicture(
    4,
    4,
    Array.from({ length: 16 }, (_, index) => index),
  );
  return writeDicom({
    ...base,
    ...planted(keep),
    ...(modality === undefined ? {} : { "00080060 CS": modality }),
    ...more,
  });
}

/** Everything a caller can see of a call: its result without the pixels, or its error with stack and cause. */
async function seen(call: () => Promise<unknown>): Promise<string> {
  const show = (_key: string, value: unknown) => (ArrayBuffer.isView(value) ? "" : value);
  try {
    return JSON.stringify(await call(), show);
  } catch (error) {
    const { message, stack, cause, facts, remedy } = error as MedGemmaError;
    expect(MedGemmaError.isInstance(error)).toBe(true);
    return JSON.stringify([message, stack, String(cause), facts, remedy]);
  }
}

function damaged(bytes: Uint8Array): Uint8Array[] {
  return [
    bytes.subarray(0, bytes.length - 9),
    bytes.subarray(0, 900),
    bytes.subarray(0, 200),
    bytes.subarray(132),
  ];
}

describe("text of the file", () => {
  it("leaves by no result, warning, error or inspection", async () => {
    const whole = ["CT", "MR", "CR", "US", "OT", "XA", undefined].map((modality) => file(modality));
    for (const bytes of whole.flatMap((one) => [one, ...damaged(one)])) {
      const outputs = [
        await seen(() => readDicom(bytes)),
        await seen(() => toModelPictures(bytes)),
        await seen(() => toModelPictures([bytes, bytes], { rule: "display" })),
        await seen(() => inspectPath(bytes)),
        await seen(async () => formatInspection(await inspectPath([bytes]))),
        await seen(() => isDicom(bytes)),
      ];
      expect(outputs.join("\n")).not.toContain(SECRET);
    }
  });

  it("leaves by no channel of a process that reads it, compressed pixels included", () => {
    const folder = mkdtempSync(path.join(tmpdir(), "medgemma-private-"));
    const { "7fe00010 OW": _pixels, ...rest } = { ...greyPicture(4, 4, []), ...planted(["00080060 CS"]) };
    const fragments = [Uint8Array.of(0xff, 0x4f, 0xff, 0x51, 0, 41, ...new Array(60).fill(7))];
    writeFileSync(path.join(folder, "a"), file("CT"));
    writeFileSync(path.join(folder, "b"), file(undefined));
    writeFileSync(
      path.join(folder, "c"),
      writeDicom({ ...rest, "7fe00010 OB": { fragments } }, "1.2.840.10008.1.2.4.90"),
    );
    const entry = fileURLToPath(new URL("../../../dist/dicom/index.js", import.meta.url));
    const script = `
      const { inspectPath, formatInspection, readDicom, toModelPictures } = await import(${JSON.stringify(entry)});
      console.log(formatInspection(await inspectPath(${JSON.stringify(folder)})));
      for (const name of ["a", "b", "c"]) {
        const file = ${JSON.stringify(folder)} + "/" + name;
        for (const call of [() => readDicom(file), () => toModelPictures(file), () => inspectPath(file)]) {
          try { console.log(JSON.stringify(await call())); } catch (error) { console.error(error); }
        }
      }`;
    const { stdout, stderr, status } = spawnSync(process.execPath, ["--input-type=module", "-e", script], {
      encoding: "utf8",
    });
    rmSync(folder, { recursive: true });
    expect(status).toBe(0);
    expect(stdout).toContain("series 1");
    expect(stdout + stderr).not.toContain(SECRET);
  });

  it("is there when it was asked for", async () => {
    const { identity } = await readDicom(file("CT"), { identity: true });
    expect(identity?.patientName).toContain(SECRET);
    const inspection = await inspectPath(file("CT"), { identity: true });
    expect(formatInspection(inspection)).toContain(`${SECRET}00100020`);
  });
});

describe("facts", () => {
  it("are words of closed lists and numbers", async () => {
    const { facts } = await readDicom(
      writeDicom(
        greyPicture(2, 2, [1, 2, 3, 4], {
          "00100040 CS": "F",
          "00101010 AS": "093Y",
          "00180015 CS": "CHEST",
          "00185101 CS": "PA",
          "00200060 CS": "L",
          "00181164 DS": "0.15\\0.15",
        }),
      ),
    );
    expect(facts).toMatchObject({
      sex: "F",
      ageYears: 90,
      bodyPart: "CHEST",
      view: "PA",
      laterality: "L",
      spacing: [0.15, 0.15],
      spacingSource: "imager",
    });
  });

  it("give an age from dates that do not leave", async () => {
    const { facts } = await readDicom(
      writeDicom(greyPicture(2, 2, [1, 2, 3, 4], { "00100030 DA": "19800615", "00080020 DA": "20240601" })),
    );
    expect(facts.ageYears).toBe(43);
    expect(JSON.stringify(facts)).not.toContain("1980");
  });

  it("warn of burned-in text: when stated, and on kinds that have it when nothing is stated", async () => {
    const warned = async (modality: string, more: DataSet = {}) => {
      const bytes = writeDicom(greyPicture(2, 2, [1, 2, 3, 4], { "00080060 CS": modality, ...more }));
      return (await toModelPictures(bytes)).warnings.some((text) => text.includes("burned into"));
    };
    expect(await warned("CT")).toBe(false);
    expect(await warned("US")).toBe(true);
    expect(await warned("US", { "00280301 CS": "NO" })).toBe(false);
    expect(await warned("CT", { "00280301 CS": "YES" })).toBe(true);
  });
});
