import { describe, expect, test } from "vitest";
import { markupSteps } from "../../../src/fhir/text/markup.js";
import { inOneGo } from "../../support/steps.js";

describe("plain text of a narrative", () => {
  test.each([
    ["a<!-- b -->c", "a c"],
    ["a<STYLE type='x'>p { }</Style>b<script>1</script>c", "a b c"],
    ["a<!-- b <style> --> c </style>d", "a c d"],
    ["a<styled>b</styled>c", "abc"],
    ["a <!-- b", "a <!-- b"],
    ["\u0130<!-- b -->c", "\u0130 c"],
    ["pressure <140 and <b>well</b>", "pressure <140 and well"],
  ])("%s", (html, expected) => {
    expect(inOneGo(markupSteps(html))).toBe(expected);
  });

  // Each took minutes when a search for what is not there was made anew from each beginning.
  test.each(["<!--", "<style ", "<script>", "<a", "<!-- <style "])("%s a million times ends", (begin) => {
    expect(inOneGo(markupSteps(`${begin.repeat(1_000_000)}<p>end</p>`))).toContain("end");
  });
});
