import { expect, test } from "vitest";
import { escapeXml } from "../../../src/base/escape.js";
import { type PageCase, renderPage } from "../../../src/cli/demo/page.js";
import { makeResult } from "./support.js";

const NASTY = `<img src=x onerror="alert('1')">&`;

function pageOf(changes: Partial<PageCase>): string {
  const result = makeResult({ text: NASTY, notice: NASTY });
  const answers = [{ kind: "Question", question: NASTY, result }];
  return renderPage([{ title: NASTY, pictures: [], answers, ...changes }], result);
}

test("nothing that a model or a file name says becomes markup", () => {
  const box = { x0: 1, y0: 2, x1: 3, y1: 4 };
  const picture = { name: NASTY, width: 10, height: 10, url: "data:,", boxes: [{ label: NASTY, box }] };
  const page = pageOf({ pictures: [picture] });
  expect(page).not.toContain("<img");
  expect(page).not.toMatch(/onerror="/);
  expect(page.split(escapeXml(NASTY)).length).toBeGreaterThanOrEqual(7);
});

test("a box is drawn on the picture's own pixels", () => {
  const boxes = [{ label: "nodule", box: { x0: 100, y0: 346, x1: 124, y1: 379 } }];
  const page = pageOf({ pictures: [{ name: "a.png", width: 400, height: 560, url: "data:,", boxes }] });
  expect(page).toContain('viewBox="0 0 400 560"');
  expect(page).toContain('<rect x="100" y="346" width="24" height="33"');
  expect(page).toContain("a.png; located: nodule");
});

test("every element is closed and every id is there once", () => {
  const page = pageOf({ pictures: [{ name: "a", width: 1, height: 1, url: "data:,", boxes: [] }] });
  const open: string[] = [];
  for (const [, slash, name = "", self] of page.matchAll(/<(\/?)([a-z][a-z0-9]*)[^>]*?(\/?)>/g)) {
    if (["meta", "image", "rect"].includes(name) || self) continue;
    if (slash) expect(open.pop()).toBe(name);
    else open.push(name);
  }
  expect(open).toEqual([]);
  const ids = [...page.matchAll(/ id="([^"]+)"/g)].map(([, id]) => id);
  expect(new Set(ids).size).toBe(ids.length);
  for (const [, id] of page.matchAll(/aria-labelledby="([^"]+)"/g)) expect(ids).toContain(id);
});
