import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { intersectionOverUnion } from "../../../src/dataset/metrics/boxes.js";
import { padToSquare, type SquareBox, stretchToSquare } from "../../../src/image/square.js";
import { drawBoxes, type LocateResult, MedGemma } from "../../../src/index.js";
import { rejection } from "../../support/ask.js";
import { type Case, cases, JUNK, shareOf } from "../../support/cases.js";
import { picture } from "../../support/phantom.js";

let model: MedGemma;
beforeAll(async () => {
  model = await MedGemma.load({ isolation: "none", threads: 1 });
});
afterAll(() => model.dispose());

/** Truth is drawn on the stretched square; results are on the padded one. */
async function onPadded({ file }: Case, box: SquareBox): Promise<SquareBox> {
  const { width, height } = await picture(file);
  const pixels = stretchToSquare(width, height).toSource(box);
  if (!pixels) throw new Error("A drawn box lies in its picture.");
  return padToSquare(width, height).fromSource(pixels);
}

/** As the phantom's reports call them: the patient's right is on the left of the picture. */
function sideAndZone([y0, x0, y1, x1]: SquareBox, { width, height }: { width: number; height: number }) {
  const side = Math.max(width, height);
  const across = (((x0 + x1) / 2 / 1000) * side - (side - width) / 2) / width;
  const down = (((y0 + y1) / 2 / 1000) * side - (side - height) / 2) / height;
  return { side: across < 0.5 ? "right" : "left", down };
}

describe("boxes", () => {
  const located: { each: Case; result: LocateResult }[] = [];
  beforeAll(async () => {
    for (const each of cases) {
      if (each.boxes.length > 0)
        located.push({ each, result: await model.locate(each.path, ["nodule", "opacity"]) });
    }
  });

  test("lie on the drawn lesions, at the right side and height", async () => {
    const overlaps: number[] = [];
    const places: boolean[] = [];
    let found = 0;
    let drawn = 0;
    for (const { each, result } of located) {
      const size = await picture(each.file);
      for (const { label, box_2d } of each.boxes) {
        drawn++;
        const box = result.boxes.find((other) => other.label === label);
        if (!box) continue;
        found++;
        const truth = await onPadded(each, box_2d);
        overlaps.push(intersectionOverUnion(truth, box.normalized));
        const [there, here] = [sideAndZone(truth, size), sideAndZone(box.normalized, size)];
        places.push(there.side === here.side && Math.abs(there.down - here.down) < 0.12);
      }
    }
    expect(found / drawn).toBeGreaterThanOrEqual(0.95);
    expect(overlaps.reduce((sum, each) => sum + each, 0) / overlaps.length).toBeGreaterThanOrEqual(0.35);
    expect(shareOf(places)).toBeGreaterThanOrEqual(0.85);
  });

  test("are the same on the padded square and in pixels", async () => {
    for (const { each, result } of located) {
      const { width, height } = await picture(each.file);
      for (const { normalized, source } of result.boxes) {
        const pixels = padToSquare(width, height).toSource(normalized);
        expect(Math.abs((pixels?.x0 ?? -9) - source.x)).toBeLessThanOrEqual(1);
        expect(Math.abs((pixels?.y1 ?? -9) - source.y - source.height)).toBeLessThanOrEqual(1);
        expect(source.x + source.width).toBeLessThanOrEqual(width);
        expect(source.width * source.height).toBeGreaterThan(0);
      }
    }
  });

  test("that were not asked for are dropped and told", async () => {
    const both = located.find(({ each }) => each.boxes.length === 2);
    const result = await model.locate(both?.each.path ?? "", "nodule");
    expect(result.boxes.map(({ label }) => label)).toEqual(["nodule"]);
    expect(result.dropped).toEqual([{ reason: "not_asked", label: "opacity" }]);
    const heart = await model.locate(both?.each.path ?? "", ["heart", "opacity"]);
    expect(heart.notFound).toEqual(["heart"]);
    const all = await model.locate(both?.each.path ?? "", "lesions");
    expect(all.boxes).toHaveLength(2);
    expect(all.notFound).toEqual([]);
  });

  test("are drawn as PNG and as SVG, labels escaped", async () => {
    const [{ each, result }] = located as [(typeof located)[number]];
    const png = await drawBoxes(each.path, result.boxes);
    expect(Buffer.from(png.subarray(1, 4)).toString()).toBe("PNG");
    const [box] = result.boxes;
    const source = box?.source ?? { x: 0, y: 0, width: 1, height: 1 };
    const svg = await drawBoxes(each.path, [{ label: "<script>&", source }], { format: "svg" });
    expect(svg).toContain("&lt;script&gt;&amp;");
    expect(svg).toContain(`<rect x="${source.x}" y="${source.y}"`);
    expect((await rejection(drawBoxes(each.path, [], { format: "gif" as "png" }))).code).toBe("bad_option");
  });
});

test("no chest film has no boxes", async () => {
  for (const path of JUNK) {
    const result = await model.locate(path, ["nodule"]);
    expect(result).toMatchObject({ boxes: [], notFound: ["nodule"] });
  }
});

test("nothing to look for, and not one picture, are bad options", async () => {
  const path = cases[0]?.path ?? "";
  const code = (promise: Promise<unknown>) => rejection(promise).then((error) => error.code);
  expect(await code(model.locate(path, []))).toBe("bad_option");
  expect(await code(model.locate(path, [""]))).toBe("bad_option");
  expect(await code(model.locate([path, path] as unknown as string, ["nodule"]))).toBe("bad_option");
  expect(await code(model.locate("missing.png", ["nodule"]))).toBe("file_not_found");
});
