import { createRequire } from "node:module";
import { expect, test, vi } from "vitest";
import { RemoteEngine } from "../../../../src/engine/remote/remote-engine.js";
import { renderPrompt } from "../../../../src/prompt/render.js";
import { answerOf, events, type Script, scriptedServer, vllm } from "./scripted-server.js";

/** The clock of fetch's own limits, which can be put forward. */
const clock: { tick(milliseconds: number): void } = createRequire(import.meta.url)(
  "undici/lib/util/timers.js",
);
const passItsLimit = () => {
  // It begins to count a limit at the next tick.
  clock.tick(0);
  clock.tick(400_000);
};

async function ask(script: Script, arrived: () => void): Promise<string> {
  const server = await scriptedServer(vllm(script));
  const engine = await RemoteEngine.load({ endpoint: server.url, endpointRetries: 0 });
  let text = "";
  const parts = renderPrompt<never>([{ role: "user", content: "Hi" }]);
  for await (const event of engine.generate(parts, { maxTokens: 8 })) {
    if (event.type === "text") text += event.text;
    arrived();
  }
  await engine.dispose();
  return text;
}

test("an answer may begin later than fetch's own limit", async () => {
  const script: Script = (_, response) => {
    // The client has its limit running once the request is written.
    setImmediate(() => {
      passItsLimit();
      setImmediate(() => events(response, answerOf("Yes")));
    });
  };
  expect(await ask(script, vi.fn())).toBe("Yes");
});

test("an answer may pause for longer than fetch's own limit", async () => {
  let goOn = () => {};
  const script: Script = (_, response) => {
    response.write('data: {"choices":[{"delta":{"content":"Perhaps, "}}]}\n\n');
    goOn = () => events(response, answerOf("yes"));
  };
  const arrived = vi.fn(() => {
    if (arrived.mock.calls.length > 1) return;
    passItsLimit();
    setImmediate(goOn);
  });
  expect(await ask(script, arrived)).toBe("Perhaps, yes");
});
