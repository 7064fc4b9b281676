import { describe, expect, expectTypeOf, it } from "vitest";
import { z } from "zod";
import { z as z3 } from "zod/v3";
import { FakeEngine } from "../../../../src/engine/fake-engine.js";
import { MedGemma } from "../../../../src/medgemma/medgemma.js";
import type { StandardSchema } from "../../../../src/medgemma/run/structured/standard.js";
import { rejection } from "../../../support/ask.js";

const model = (answer: string) => MedGemma.fromEngine(new FakeEngine({ answer }));
const PLAIN = { type: "object", properties: { n: { type: "integer" } }, required: ["n"] };

/** A library that validates but does not describe itself. */
function checking<T>(check: (value: unknown) => value is T, jsonSchema?: object): StandardSchema<T> {
  return {
    "~standard": {
      version: 1,
      vendor: "tiny",
      validate: (value) =>
        check(value) ? { value } : { issues: [{ message: "no", path: ["a", { key: 0 }] }] },
      ...(jsonSchema && {
        jsonSchema: {
          input: ({ target }) => {
            if (target !== "draft-07") throw new Error("only draft-07");
            return jsonSchema as Record<string, unknown>;
          },
        },
      }),
    },
  };
}
const isText = (value: unknown): value is string => typeof value === "string";

describe("ask with a schema", () => {
  it("gives the value of plain JSON schema", async () => {
    const { value, text } = await model('{"n": 3}').ask([], "Count.", { schema: PLAIN });
    expect(value).toEqual({ n: 3 });
    expect(text).toBe('{"n": 3}');
    expectTypeOf(value).toBeUnknown();
  });

  it("takes a JSON schema written in place, or of a declared type", async () => {
    interface Declared {
      type: string;
    }
    const declared: Declared = { type: "integer" };
    expect((await model("3").ask([], "Q", { schema: { type: "integer" } })).value).toBe(3);
    expect((await model("3").ask([], "Q", { schema: declared })).value).toBe(3);
    const { value } = await model("3").ask<number>([], "Q", { schema: { type: "integer" } });
    expectTypeOf(value).toBeNumber();
  });

  it("gives what zod makes of it, typed", async () => {
    const schema = z.object({ n: z.int(), side: z.enum(["left", "right"]).default("left") });
    const { value } = await model('{"n": 3}').ask([], "Count.", { schema });
    expect(value).toEqual({ n: 3, side: "left" });
    expectTypeOf(value).toEqualTypeOf<{ n: number; side: "left" | "right" }>();
  });

  it("holds the engine to the schema", async () => {
    let seen: object | undefined;
    const engine = new FakeEngine({
      answer: (_, { jsonSchema }) => {
        seen = jsonSchema;
        return '"2024-02-29"';
      },
    });
    await MedGemma.fromEngine(engine).ask([], "When?", { schema: z.iso.date() });
    expect(seen).toMatchObject({ type: "string", pattern: expect.stringContaining("02-29") });
    expect(seen).not.toHaveProperty("format");
  });

  it("takes a zod of before it described itself by the standard", async () => {
    const old = z.object({ n: z.int() });
    const { validate } = old["~standard"];
    const schema = {
      "~standard": { version: 1, vendor: "zod", validate },
      toJSONSchema: () => ({ type: "array", maxItems: 0 }),
    } as unknown as StandardSchema;
    expect((await rejection(model("[]").ask([], "Q", { schema }))).code).toBe("answer_invalid");
  });

  it("asks a library for the drafts that are understood", async () => {
    const { value } = await model('"a"').ask([], "Q", { schema: checking(isText, { type: "string" }) });
    expect(value).toBe("a");
    expectTypeOf(value).toBeString();
  });

  it("refuses a library that does not describe itself, and says how", async () => {
    const error = await rejection(model('"a"').ask([], "Q", { schema: checking(isText) }));
    expect(error.code).toBe("bad_option");
    expect(error.remedy).toContain("{ schema, jsonSchema }");
    const { value } = await model('"a"').ask([], "Q", {
      schema: checking(isText),
      jsonSchema: { type: "string" },
    });
    expect(value).toBe("a");
  });

  it("refuses what zod cannot describe", async () => {
    const dates = await rejection(model("").ask([], "Q", { schema: z.date() }));
    expect([dates.code, dates.facts.vendor]).toEqual(["grammar_unsupported", "zod"]);
  });

  it.each<[string, z.ZodType, string, string]>([
    ["number().min().max()", z.number().min(0).max(1), "0.5", "1.5"],
    ["multipleOf()", z.number().multipleOf(0.5), "1.5", "1.25"],
    ["record()", z.record(z.string(), z.int()), '{"a": 1}', '{"a": "b"}'],
    ["record() of an enum", z.record(z.enum(["a"]), z.int()), '{"a": 1}', '{"b": 1}'],
    ["url()", z.url(), '"https://a.de/x"', '"a.de"'],
    ["email()", z.email(), '"a@b.de"', '"a@b"'],
    ["includes()", z.string().includes("mg"), '"5 mg"', '"5 g"'],
    ["regex() without anchors", z.string().regex(/\d/), '"a 1"', '"a"'],
    ["iso.time()", z.iso.time(), '"10:00:00"', '"25:00:00"'],
    [
      "intersection()",
      z.intersection(z.object({ a: z.int() }), z.object({ b: z.int() })),
      '{"a": 1, "b": 2}',
      "{}",
    ],
    [
      "lazy()",
      z.object({
        get next() {
          return z.lazy(() => z.object({ n: z.int() })).nullable();
        },
      }),
      '{"next": {"n": 1}}',
      '{"next": 1}',
    ],
  ])("takes z.%s, and zod refuses what does not fit", async (_, schema, right, wrong) => {
    expect((await model(right).ask([], "Q", { schema })).value).toEqual(JSON.parse(right));
    expect((await rejection(model(wrong).ask([], "Q", { schema }))).code).toBe("answer_invalid");
  });

  it("does not tell names of the answer's own, which may be a patient's", async () => {
    const schema = z.object({ people: z.record(z.string(), z.object({ age: z.int() })) });
    const answer = '{"people": {"Jane Doe": {"age": "secret"}}}';
    const error = await rejection(model(answer).ask([], "Q", { schema }));
    expect(error.facts).toEqual({ path: "/people/*/age", issues: 1 });
    expect(error.message).not.toMatch(/Jane|secret/);
  });

  it("names what to use for zod 3", async () => {
    const old = z3.object({ n: z3.number() });
    for (const schema of [old, { _def: { typeName: "ZodObject" }, parse: () => ({}) }]) {
      const error = await rejection(model("{}").ask([], "Q", { schema: schema as never }));
      expect([error.code, error.facts]).toEqual(["bad_option", { option: "schema", vendor: "zod" }]);
      expect(error.remedy).toContain("zod-to-json-schema");
    }
  });

  it.each([
    ["valibot", "toStandardJsonSchema"],
    ["arktype", "2.1.28"],
    ["another", "{ schema, jsonSchema }"],
  ])("names what to use for %s", async (vendor, remedy) => {
    const plain = checking(isText);
    const schema = { "~standard": { ...plain["~standard"], vendor } };
    const error = await rejection(model('"a"').ask([], "Q", { schema }));
    expect([error.code, error.facts.vendor]).toEqual(["bad_option", vendor]);
    expect(error.remedy).toContain(remedy);
  });

  it("takes a schema that is a function, with a method that describes it", async () => {
    const schema = Object.assign(() => {}, checking(isText), { toJsonSchema: () => ({ type: "string" }) });
    expect((await model('"a"').ask([], "Q", { schema })).value).toBe("a");
  });

  it.each([[[]], ["{}"], [3], [null], [() => ({})], [new Map()], [new (class Schema {})()]])(
    "refuses what is no schema: %j",
    async (schema) => {
      const error = await rejection(model("{}").ask([], "Q", { schema: schema as never }));
      expect([error.code, error.facts.option]).toEqual(["bad_option", "schema"]);
    },
  );

  it.each([
    { name: "answer", strict: true, description: "OpenAI's form", schema: { type: "boolean" } },
    { schema: checking(isText), jsonSchema: { type: "string" } },
    { json_schema: { type: "boolean" } },
  ])("refuses an object that holds a schema, which would let any answer pass", async (schema) => {
    const error = await rejection(model("[]").ask([], "Q", { schema }));
    expect([error.code, error.facts.option]).toEqual(["bad_option", "schema"]);
    expect((await model("[]").ask([], "Q", { schema: { description: "anything" } })).value).toEqual([]);
  });

  it.each(["Sorry, SECRET.", "```json\nSECRET\n```", "SECRET {", "SECRET {'a"])(
    "an answer that is no JSON is not valid: %j",
    async (text) => {
      const error = await rejection(model(text).ask([], "Q", { schema: { type: "object" } }));
      expect([error.code, error.facts]).toEqual(["answer_invalid", { path: "" }]);
      expect(error.message).toBe("The answer is not JSON, though a schema was asked for.");
    },
  );

  it.each([
    '```json\n{"n": 3}\n```',
    '```\n{"n": 3}\n```\n',
    '\n```JSON\r\n{\n"n": 3\n}\r\n```  ',
    '```{"n": 3}```',
    '```json\n{"n": 3}',
  ])("JSON in a fence is JSON: %j", async (text) => {
    const result = await model(text).ask([], "Q", { schema: PLAIN });
    expect([result.value, result.text]).toEqual([{ n: 3 }, text.trim()]);
    const { value, values } = await model(text).extract({ text: "n is 3" }, PLAIN);
    expect([value, values.map(({ path, value: one }) => [path, one])]).toEqual([{ n: 3 }, [["/n", 3]]]);
  });

  it.each([
    '{"n": 3}\nI hope this helps, SECRET.',
    '{"n": 3} {"n": 4}',
    'Here is the SECRET: {"n": 3}',
    '```json\n{"n": 3}\n```\nI hope this helps, SECRET.',
    "[1] SECRET",
  ])("JSON with words beside it is no answer, and the error says so: %j", async (text) => {
    const error = await rejection(model(text).ask([], "Q", { schema: PLAIN }));
    expect([error.code, error.facts]).toEqual(["answer_invalid", { path: "" }]);
    expect(error.message).toBe("The answer has JSON and other words beside it.");
    expect(error.remedy).toContain("response_format");
    expect(JSON.stringify(error)).not.toContain("SECRET");
  });

  it.each(['"yes" because SECRET', "3 cm", "true, SECRET", "null SECRET"])(
    "so is a single value: %j",
    async (text) => {
      const error = await rejection(
        model(text).ask([], "Q", { schema: { type: ["string", "number", "null"] } }),
      );
      expect(error.code).toBe("answer_invalid");
      expect(error.message).toContain("other words");
    },
  );

  it.each(['{"n": ', '{"n": {"a": 1}', "[1, 2", '"yes', "tru"])(
    "JSON that only ends too early is not whole: %j",
    async (text) => {
      const error = await rejection(model(text).ask([], "Q", { schema: {} }));
      expect(error.code).toBe("answer_incomplete");
    },
  );

  it("gives no value that is none of the JSON schema, whatever the engine held it to", async () => {
    const schema = {
      type: "object",
      properties: { day: { type: "string", format: "date" } },
      required: ["day"],
    };
    const error = await rejection(model('{"day": "2023-02-31"}').ask([], "Q", { schema }));
    expect([error.code, error.facts]).toEqual(["answer_invalid", { path: "/day", keyword: "format" }]);
    expect(error.message).not.toContain("2023");
    const tooLarge = await rejection(model("1e999").ask([], "Q", { schema: { type: "number" } }));
    expect(tooLarge.code).toBe("answer_invalid");
    const beside = { schema: checking(isText), jsonSchema: { type: "string", maxLength: 1 } };
    expect((await rejection(model('"ab"').ask([], "Q", beside))).facts.keyword).toBe("maxLength");
  });

  it("keeps control words that an answer spells out", async () => {
    const schema = { type: "object", properties: { a: { type: "string" } } };
    const answer = '{"a": "before <unused95> behind <unused94>thought"}';
    const { value, text, thought } = await model(answer).ask([], "Q", { schema });
    expect([value, text, thought]).toEqual([JSON.parse(answer), answer, undefined]);
  });

  it.each([
    ["think", { schema: PLAIN, think: true }],
    ["schema", { jsonSchema: PLAIN } as never],
    ["schema", { schema: "{}" } as never],
    ["jsonSchema", { schema: PLAIN, jsonSchema: [] } as never],
  ])("refuses %s: %j", async (option, options) => {
    const engine = new FakeEngine();
    const error = await rejection(MedGemma.fromEngine(engine).ask([], "Q", options));
    expect([error.code, error.facts.option]).toEqual(["bad_option", option]);
    expect(engine.prompts).toEqual([]);
  });

  it.each<[string, () => object]>([
    [
      "a getter that throws",
      () => ({
        type: "object",
        get properties() {
          throw new Error("SECRET");
        },
      }),
    ],
    [
      "a getter deep inside",
      () => ({
        properties: {
          a: {
            get type() {
              throw new Error("SECRET");
            },
          },
        },
      }),
    ],
    [
      "a proxy that throws",
      () =>
        new Proxy(
          {},
          {
            get: () => {
              throw new Error("SECRET");
            },
          },
        ),
    ],
    [
      "a proxy without keys",
      () =>
        new Proxy(
          {},
          {
            ownKeys: () => {
              throw new Error("SECRET");
            },
          },
        ),
    ],
    [
      "a revoked proxy",
      () => {
        const { proxy, revoke } = Proxy.revocable({}, {});
        revoke();
        return proxy;
      },
    ],
  ])("refuses a schema that cannot be read: %s", async (_name, make) => {
    for (const [option, options] of [
      ["schema", { schema: make() }],
      ["jsonSchema", { schema: checking(isText), jsonSchema: make() }],
    ] as const) {
      const error = await rejection(model("{}").ask([], "Q", options as never));
      expect([error.code, error.facts.option]).toEqual(["bad_option", option]);
      expect(error.message).not.toContain("SECRET");
    }
  });

  it("reads a schema once: a proxy is what it holds, and what its owner changes later changes nothing", async () => {
    let reads = 0;
    const schema = {
      type: "object",
      required: ["n"],
      get properties() {
        reads++;
        return { n: { type: reads > 2 ? "string" : "integer" } };
      },
    };
    expect((await model('{"n": 3}').ask([], "Q", { schema })).value).toEqual({ n: 3 });
    const proxy = new Proxy(structuredClone(PLAIN), {});
    expect((await model('{"n": 3}').ask([], "Q", { schema: proxy })).value).toEqual({ n: 3 });
    expect((await rejection(model("{}").ask([], "Q", { schema: proxy }))).code).toBe("answer_invalid");
    const circle: Record<string, unknown> = { type: "array" };
    circle.items = circle;
    expect((await rejection(model("[]").ask([], "Q", { schema: circle }))).code).toBe("grammar_unsupported");
  });

  it.each(["ask", "extract", "chat"] as const)(
    "waits for a library's own check no longer than until the signal fires: %s",
    async (task) => {
      const abort = new AbortController();
      let checks = 0;
      const never = checking(isText, PLAIN);
      const schema = {
        "~standard": {
          ...never["~standard"],
          validate: () => {
            checks++;
            queueMicrotask(() => abort.abort());
            return new Promise<never>(() => undefined);
          },
        },
      };
      const [held, options] = [model('{"n": 3}'), { schema, signal: abort.signal }];
      const calls = {
        ask: () => held.ask([], "Q", options),
        extract: () => held.extract({ text: "Q", images: [] }, schema, { signal: abort.signal }),
        chat: () => held.chat().ask("Q", options),
      };
      expect((await rejection(calls[task]())).code).toBe("aborted");
      expect(checks).toBe(1);
    },
  );

  it("gives no half value", async () => {
    const error = await rejection(model('{"n": 3, "and": 4}').ask([], "Q", { schema: PLAIN, maxTokens: 2 }));
    expect([error.code, error.facts]).toEqual([
      "answer_incomplete",
      { completionTokens: 2, finishReason: "length" },
    ]);
    expect(error.message).not.toContain('"n"');
  });

  it("gives no value that the schema's own check refuses", async () => {
    const schema = z.object({ tests: z.array(z.object({ n: z.int().refine((n) => n > 5, "secret") })) });
    const error = await rejection(model('{"tests": [{"n": 3}]}').ask([], "Q", { schema }));
    expect([error.code, error.facts]).toEqual(["answer_invalid", { path: "/tests/0/n", issues: 1 }]);
    expect(error.message).not.toContain("secret");
    const other = await rejection(model("3").ask([], "Q", { schema: checking(isText, { type: "string" }) }));
    expect(other.facts.path).toBe("/*/*");
  });

  it("streams the text and ends with the value", async () => {
    let text = "";
    let value: number | undefined;
    for await (const event of model('{"n": 3}').stream([], "Q", { schema: z.object({ n: z.int() }) })) {
      if (event.type === "text-delta") text += event.text;
      if (event.type === "finish") value = event.result.value.n;
    }
    expect([text, value]).toEqual(['{"n": 3}', 3]);
  });
});
