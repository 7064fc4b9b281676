import type { ServerResponse } from "node:http";
import { describe, expect, test, vi } from "vitest";
import type { GenerationEvent } from "../../../../src/engine/engine.js";
import { RemoteEngine } from "../../../../src/engine/remote/remote-engine.js";
import { renderPrompt } from "../../../../src/prompt/render.js";
import { json, scriptedServer, vllm } from "./scripted-server.js";

const QUESTION = renderPrompt<never>([{ role: "user", content: "Hi" }]);
const piece = (content: unknown, finish: unknown = null) => ({
  choices: [{ index: 0, delta: { content }, finish_reason: finish }],
});
const HELLO = [piece("Grüße, "), piece("日本."), piece("", "stop")];
const one = (chunk: unknown) => JSON.stringify(chunk);

async function ask(answer: (response: ServerResponse) => void) {
  const server = await scriptedServer(vllm((_, response) => answer(response)));
  const onLog = vi.fn();
  const engine = await RemoteEngine.load({ endpoint: server.url, endpointRetries: 0, onLog });
  const seen: GenerationEvent[] = [];
  for await (const event of engine.generate(QUESTION, { maxTokens: 8 })) seen.push(event);
  await engine.dispose();
  const text = seen.map((event) => (event.type === "text" ? event.text : "")).join("");
  const done = seen.at(-1);
  return { text, done, told: onLog.mock.calls.map(([, line]) => String(line)) };
}

/** In pieces of so many bytes, which cut characters and line ends. */
function inPieces(response: ServerResponse, text: string, size: number): void {
  const bytes = Buffer.from(text);
  for (let at = 0; at < bytes.length; at += size) response.write(bytes.subarray(at, at + size));
  response.end();
}

// The HTML standard, section 9.2: what a stream of events may look like, and what servers make of it.
const FORMS: Record<string, string> = {
  "as most write it": `${HELLO.map((it) => `data: ${one(it)}\n\n`).join("")}data: [DONE]\n\n`,
  "with CRLF, comments, other fields and no space":
    ": ping\r\n\r\n" +
    HELLO.map((it) => `: x\r\nid: 7\r\nretry: 10\r\nevent: message\r\ndata:${one(it)}\r\n\r\n`).join(""),
  "with lone CR": HELLO.map((it) => `data: ${one(it)}\r\r`).join(""),
  "with a byte order mark": `\ufeff${HELLO.map((it) => `data: ${one(it)}\n\n`).join("")}`,
  "with several lines of data": HELLO.map(
    (it) =>
      `${JSON.stringify(it, null, 2)
        .split("\n")
        .map((line) => `data: ${line}`)
        .join("\n")}\n\n`,
  ).join(""),
  "without the last empty line": HELLO.map((it) => `data: ${one(it)}`).join("\n\n"),
  "without empty lines": `${HELLO.map((it) => `data: ${one(it)}\n`).join("")}data: [DONE]\n`,
  "with events without data, which are none": `data:\n\n${HELLO.map((it) => `data: ${one(it)}\n\ndata: \n\n`).join("")}`,
  "with an error of null in each event": HELLO.map((it) => `data: ${one({ ...it, error: null })}\n\n`).join(
    "",
  ),
  "with another answer beside it": HELLO.map(
    ({ choices }) => `data: ${one({ choices: [{ index: 1, delta: { content: "No." } }, ...choices] })}\n\n`,
  ).join(""),
  "of plain completions": HELLO.map(
    ({ choices: [it] }) =>
      `data: ${one({ choices: [{ text: it?.delta.content, finish_reason: it?.finish_reason }] })}\n\n`,
  ).join(""),
  "of lines of JSON": HELLO.map((it) => `${one(it)}\n`).join(""),
  "of lines of JSON with CRLF, empty lines and no last end": `\n${HELLO.map(one).join("\r\n\r\n")}`,
  "after empty lines": `\n\n\n${HELLO.map((it) => `data: ${one(it)}\n\n`).join("")}`,
};

describe.each(Object.entries(FORMS))("a stream %s", (_name, stream) => {
  test.each([1, 3, 7, 100_000])("is read in pieces of %i bytes", async (size) => {
    const { text, done } = await ask((response) => inPieces(response, stream, size));
    expect(text).toBe("Grüße, 日本.");
    expect(done).toMatchObject({ finishReason: "stop" });
  });
});

test("a stream that ends within an event is cut", async () => {
  const cut = FORMS["as most write it"]?.slice(0, 90) ?? "";
  await expect(ask((response) => inPieces(response, cut, 50))).rejects.toMatchObject({
    facts: { reason: "cut" },
  });
});

test("lines of JSON that end within one are cut", async () => {
  const cut = HELLO.map((it) => `${one(it)}\n`)
    .join("")
    .slice(0, -30);
  await expect(ask((response) => inPieces(response, cut, 50))).rejects.toMatchObject({
    facts: { reason: "cut" },
  });
});

test.each([
  [
    "/api/chat",
    [
      { message: { role: "assistant", content: "SECRET" }, done: false },
      { message: {}, done: true },
    ],
  ],
  [
    "/api/generate",
    [
      { response: "SECRET", done: false },
      { response: "", done: true },
    ],
  ],
  ["/api/chat in one", [{ message: { role: "assistant", content: "SECRET" }, done: true }]],
])("what Ollama's %s answers is told as such", async (_name, lines) => {
  const error = await ask((response) => inPieces(response, lines.map(one).join("\n"), 20)).catch((it) => it);
  expect(error).toMatchObject({ code: "endpoint_failed", facts: { reason: "shape", interface: "ollama" } });
  expect(error.remedy).toContain("http://localhost:11434");
  expect(JSON.stringify(error)).not.toContain("SECRET");
});

test.each([
  ["a message alone", '{"message":"SECRET"}'],
  ["a code", '{"code":500,"message":"SECRET"}'],
  ["words", "SECRET failed"],
  ["an error inside", '{"error":{"message":"SECRET"}}'],
  ["nothing that can be read", "[DONE]"],
  ["a null", "null"],
])("an event named error with %s is the endpoint's error", async (_name, data) => {
  for (const before of ["", `data: ${one(HELLO[0])}\n\n`]) {
    const error = await ask((response) => response.end(`${before}event: error\ndata: ${data}\n\n`)).catch(
      (it) => it,
    );
    expect(error).toMatchObject({ code: "endpoint_failed", facts: { reason: "error" } });
    expect(JSON.stringify(error)).not.toContain("SECRET");
  }
});

test("an event named error may say that the context is full", async () => {
  const data = one({
    message: "maximum context length is 4096 tokens. You requested 5000 tokens",
    type: "invalid_request_error",
  });
  await expect(ask((response) => response.end(`event: error\ndata: ${data}\n\n`))).rejects.toMatchObject({
    code: "context_full",
  });
});

describe("the call of a tool", () => {
  const call = { index: 0, id: "x", type: "function", function: { name: "look", arguments: "{}" } };
  const streamed =
    (...deltas: object[]) =>
    (response: ServerResponse) =>
      response.end(
        deltas
          .map((delta, index) => {
            const finish_reason = index === deltas.length - 1 ? "tool_calls" : null;
            return `data: ${one({ choices: [{ delta, finish_reason }] })}\n\n`;
          })
          .join(""),
      );

  test.each([
    ["in a stream", streamed({ content: null, tool_calls: [call] }, {})],
    ["that only its end tells", streamed({ content: "" }, {})],
    ["after a thought", streamed({ reasoning_content: "Hm." }, { tool_calls: [call] })],
    [
      "whole",
      (response: ServerResponse) =>
        json(response, {
          choices: [{ message: { content: null, tool_calls: [call] }, finish_reason: "stop" }],
        }),
    ],
    [
      "of the older name",
      (response: ServerResponse) =>
        json(response, { choices: [{ message: { content: null, function_call: { name: "look" } } }] }),
    ],
  ])("in an answer's place is an error: %s", async (_name, answer) => {
    const error = await ask(answer).catch((it) => it);
    expect(error).toMatchObject({
      code: "endpoint_failed",
      facts: { reason: "finish", finish: "tool_calls" },
    });
    expect(error.remedy).toContain("--tool-call-parser");
  });

  test("behind an answer takes nothing away, and no call is none", async () => {
    expect((await ask(streamed({ content: "Yes." }, { tool_calls: [call] }))).text).toBe("Yes.");
    const none = { choices: [{ message: { content: "", tool_calls: [] }, finish_reason: "stop" }] };
    expect((await ask((response) => json(response, none))).text).toBe("");
  });
});

test("a whole answer in the place of a stream is one", async () => {
  const whole = {
    choices: [{ index: 0, message: { role: "assistant", content: "Yes." }, finish_reason: "length" }],
    usage: { prompt_tokens: 3, completion_tokens: 2 },
  };
  for (const type of ["application/json", "text/event-stream", "text/plain"]) {
    const { text, done } = await ask((response) =>
      response.writeHead(200, { "content-type": type }).end(JSON.stringify(whole, null, 2)),
    );
    expect(text).toBe("Yes.");
    expect(done).toMatchObject({ finishReason: "length", usage: { promptTokens: 3, completionTokens: 2 } });
  }
  await expect(ask((response) => json(response, { error: { message: "SECRET" } }))).rejects.toMatchObject({
    code: "endpoint_failed",
    facts: { reason: "error" },
  });
});

test.each([
  [["Yes."]],
  [
    [
      [
        { type: "text", text: "Yes" },
        { type: "text", text: "." },
      ],
    ],
  ],
  [[["Ye", "s."]]],
  [[null, "Yes", undefined, "", "."]],
  [
    [
      [
        { type: "image_url", image_url: {} },
        { type: "text", text: "Yes." },
      ],
    ],
  ],
])("content %j is its text", async (contents) => {
  const chunks = [{ choices: [{ delta: { role: "assistant" } }] }, { choices: [{ delta: null }] }];
  const { text } = await ask((response) => {
    for (const chunk of [...chunks, ...contents.map((content) => piece(content)), piece(null, "stop")])
      response.write(`data: ${one(chunk)}\n\n`);
    response.end();
  });
  expect(text).toBe("Yes.");
});

test("numbers of usage may be texts", async () => {
  const usage = { prompt_tokens: "5", completion_tokens: "2", prompt_tokens_details: { cached_tokens: "1" } };
  const { done } = await ask((response) =>
    response.end(`data: ${one({ ...piece("a", "stop"), usage })}\n\n`),
  );
  expect(done).toMatchObject({ usage: { promptTokens: 5, completionTokens: 2, cachedTokens: 1 } });
});

const END = "data: [DONE]\n\n";
const finished = (finish: unknown, end = END) =>
  ask((response) => response.end(`data: ${one(piece("Yes."))}\n\ndata: ${one(piece("", finish))}\n\n${end}`));

describe("an answer's end", () => {
  // As the servers' own sources and references name them.
  test.each([
    [["stop", "tool_calls", "function_call"], "stop"],
    [["eos_token", "stop_sequence", "eos"], "stop"],
    [["end_turn", "tool_use"], "stop"],
    [["STOP", "FINISH_REASON_STOP", "COMPLETE"], "stop"],
    [["length", "model_length", "max_tokens", "MAX_TOKENS", "limit"], "length"],
    [["unheard_of", "STRANGE", "", null], "other"],
    [[{ type: "stop" }], "stop"],
    [[{ type: "length" }], "length"],
    [[7], "other"],
  ])("by %j is %s", async (words, finishReason) => {
    for (const word of words) {
      const { text, done, told } = await finished(word);
      expect(text).toBe("Yes.");
      expect(done, String(word)).toMatchObject({ finishReason });
      expect(told.length).toBe(finishReason === "other" ? 1 : 0);
    }
  });

  test("for a reason that is not known is told by its name, which is one", async () => {
    expect((await finished("unheard-of")).told[0]).toContain('"unheard_of"');
    expect((await finished("SECRET words of (a) patient")).told[0]).not.toMatch(/patient/i);
  });

  test.each(["content_filter", "SAFETY", "RECITATION", "refusal"])(
    "by the filter %s is told as that",
    async (word) => {
      await expect(finished(word)).rejects.toMatchObject({
        code: "endpoint_failed",
        message: expect.stringContaining("filter"),
        facts: { reason: "finish", finish: word.toLowerCase() },
      });
    },
  );

  test.each(["abort", "error", "cancelled", "insufficient_system_resource"])(
    "by %s is no end",
    async (word) => {
      await expect(finished(word)).rejects.toMatchObject({ facts: { reason: "finish", finish: word } });
    },
  );

  test("that nobody tells is a cut", async () => {
    await expect(finished(null, "")).rejects.toMatchObject({ facts: { reason: "cut" } });
  });
});

test("a refusal in the answer's place is no empty answer", async () => {
  const refusal = { choices: [{ index: 0, delta: { refusal: "SECRET" }, finish_reason: "stop" }] };
  const asked = ask((response) => response.end(`data: ${one(refusal)}\n\n`));
  await expect(asked).rejects.toMatchObject({ facts: { reason: "finish", finish: "refusal" } });
});

test.each([
  // https://github.com/ollama/ollama/blob/main/docs/api.md, Gemini's generateContent, vLLM's ErrorResponse.
  [{ message: { role: "assistant", content: "Yes." }, done: true, done_reason: "stop" }, "shape"],
  [{ candidates: [{ content: { parts: [{ text: "Yes." }] }, finishReason: "STOP" }] }, "shape"],
  [{ object: "error", message: "SECRET", type: "BadRequestError", code: 400 }, "error"],
])("an answer of another interface is none: %j", async (answer, reason) => {
  for (const body of [one(answer), `data: ${one(answer)}\n\n`])
    await expect(ask((response) => response.end(body))).rejects.toMatchObject({
      code: "endpoint_failed",
      facts: { reason },
    });
});
