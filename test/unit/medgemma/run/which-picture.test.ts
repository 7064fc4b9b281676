import { expect, it } from "vitest";
import { FakeEngine, MedGemma } from "../../../../src/index.js";
import { rejection } from "../../../support/ask.js";

const good = { data: new Uint8Array(12), width: 2, height: 2, channels: 3 as const };
const damaged = new Uint8Array([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a, 0, 0]);
const model = MedGemma.fromEngine(new FakeEngine());

it("the error tells which of several pictures cannot be read", async () => {
  const pictures = [good, good, damaged, good];
  expect((await rejection(model.ask(pictures, "Compare."))).facts).toMatchObject({ picture: 2 });
  const [first = good, ...rest] = pictures;
  const parts = [
    { type: "text" as const, text: "One:" },
    { type: "image" as const, image: first },
    ...rest.map((image) => ({ type: "image" as const, image })),
  ];
  expect((await rejection(model.ask([], parts))).facts).toMatchObject({ picture: 2 });
  expect((await rejection(model.ask([good, "no-such-file.png"], "Compare."))).facts).toMatchObject({
    picture: 1,
    file: "no-such-file.png",
  });
});

it("of one picture it tells none", async () => {
  expect((await rejection(model.ask(damaged, "What is it?"))).facts).not.toHaveProperty("picture");
});
