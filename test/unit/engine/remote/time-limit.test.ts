import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import { afterAll, beforeAll, expect, test } from "vitest";
import { allOrStop } from "../../../../src/base/abort.js";
import { RemoteEngine } from "../../../../src/engine/remote/remote-engine.js";
import { answerOf, events, type Script, scriptedServer, vllm } from "./scripted-server.js";

// What is held weakly only is gone at once.
let collecting: NodeJS.Timeout;
beforeAll(() => {
  setFlagsFromString("--expose-gc");
  const collect: () => void = runInNewContext("gc");
  collecting = setInterval(collect, 20);
});
afterAll(() => clearInterval(collecting));

const silent: Script = () => undefined;
const stalls: Script = (_, response) => response.write('data: {"choices":[{"delta":{"content":"N"}}]}\n\n');
const pings: Script = (_, response) => {
  const ping = setInterval(() => response.write(": ping\n\n"), 20);
  response.on("close", () => clearInterval(ping));
};
const hangsInHead: Script = (_, response) => response.socket?.write("HTTP/1.1 200 OK\r\ncontent-type: te");

interface Limit {
  readonly endpointTimeout?: number;
  readonly signal?: () => AbortSignal;
}

/** What becomes of the first answer that is asked for within the limit: a busy machine may need longer to load or to ask. */
async function answer(script: Script, limit: Limit): Promise<string> {
  const server = await scriptedServer(vllm(script));
  for (;;) {
    try {
      return await attempt(server.url, limit);
    } catch (error) {
      if (server.calls.at(-1)?.path.includes("completions")) throw error;
      expect(error).toMatchObject({ code: expect.stringMatching(/^(endpoint_failed|aborted)$/) });
    }
  }
}

async function attempt(endpoint: string, { signal, ...options }: Limit): Promise<string> {
  const engine = await RemoteEngine.load({ endpoint, endpointRetries: 0, ...options });
  const parts = [
    { type: "text", text: "<start_of_turn>user\nHi<end_of_turn>\n<start_of_turn>model\n", special: true },
  ] as const;
  let text = "";
  try {
    const given = { maxTokens: 4, ...(signal && { signal: signal() }) };
    for await (const event of engine.generate(parts, given)) if (event.type === "text") text += event.text;
    return text;
  } finally {
    await engine.dispose();
  }
}

const scripts = { silent, stalls, pings, hangsInHead };

test.each(Object.entries(scripts))(
  "the time limit outlives the collection of garbage: %s",
  async (_, script) => {
    await expect(answer(script, { endpointTimeout: 400 })).rejects.toMatchObject({
      code: "endpoint_failed",
      facts: { reason: "TimeoutError" },
    });
  },
);

test.each(Object.entries(scripts))("so does a caller's AbortSignal.timeout: %s", async (_, script) => {
  const signal = () => AbortSignal.timeout(400);
  await expect(answer(script, { signal })).rejects.toMatchObject({ code: "aborted" });
});

test("an answer in time is one", async () => {
  const script: Script = (_, response) => events(response, answerOf("Yes"));
  expect(await answer(script, { endpointTimeout: 20_000 })).toBe("Yes");
});

test("work on many items ends with a caller's AbortSignal.timeout", async () => {
  const forever = (_: number, signal: AbortSignal) =>
    new Promise<void>((_resolve, reject) => signal.addEventListener("abort", () => reject(signal.reason)));
  await expect(allOrStop([1, 2], AbortSignal.timeout(400), forever)).rejects.toMatchObject({
    name: "TimeoutError",
  });
});
