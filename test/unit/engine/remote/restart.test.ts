import { expect, test } from "vitest";
import { RemoteEngine } from "../../../../src/engine/remote/remote-engine.js";
import { renderPrompt } from "../../../../src/prompt/render.js";
import { until } from "../../../support/until.js";
import { answerOf, events, json, type Script, scriptedServer, vllm } from "./scripted-server.js";

const image = {
  data: new Uint8Array(14 * 14 * 3),
  width: 14,
  height: 14,
  origin: { format: "raw", storedWidth: 14, storedHeight: 14, steps: [] },
} as const;
const ABOUT_A_PICTURE = renderPrompt([{ role: "user", content: [{ type: "image", image }] }]);
const ABOUT_NONE = renderPrompt<never>([{ role: "user", content: "Hi" }]);

async function ask(engine: RemoteEngine, parts = ABOUT_A_PICTURE): Promise<string> {
  let text = "";
  for await (const event of engine.generate(parts, { maxTokens: 8 }))
    if (event.type === "text") text += event.text;
  return text;
}

/** A llama-server that has another word for a picture each time it is started, and maybe another model. */
function llama(says = "Yes") {
  const now = { marker: "<__media_1__>", model: "m.gguf" };
  const script: Script = (call, response) => {
    const { marker, model } = now;
    if (call.path === "/props")
      json(response, {
        model_path: `/srv/${model}`,
        model_alias: model,
        media_marker: marker,
        modalities: { vision: true },
      });
    else if (call.path === "/v1/models") json(response, { data: [{ id: model, meta: { n_vocab: 3 } }] });
    else if (call.path === "/tokenize") json(response, { tokens: [1] });
    else if (call.path === "/health") json(response, { status: "ok" });
    else if (call.path !== "/completion") response.writeHead(404).end();
    else {
      const { prompt, stream } = call.body as { prompt: { prompt_string?: string }; stream?: boolean };
      const text = prompt.prompt_string;
      // As llama.cpp b1 (de3ff81) says it.
      const error = { code: 400, message: "Failed to tokenize prompt", type: "invalid_request_error" };
      if (text !== undefined && text.split(marker).length !== 2) json(response, { error }, 400);
      else if (!stream)
        json(response, {
          model,
          stop: true,
          completion_probabilities: [
            { token: "Yes", logprob: -1, top_logprobs: [{ id: 1, token: "Yes", logprob: -1 }] },
          ],
        });
      else events(response, [{ content: says }, { content: "", stop: true, stop_type: "eos", model }]);
    }
  };
  return { now, script };
}

test("a llama-server that was started again is asked with its new word for a picture", async () => {
  const { now, script } = llama();
  const server = await scriptedServer(script);
  const engine = await RemoteEngine.load({ endpoint: server.url, imageSize: 14 });
  expect(await ask(engine)).toBe("Yes");
  for (const marker of ["<__media_2__>", "<__media_3__>"]) {
    now.marker = marker;
    expect(await Promise.all([ask(engine), ask(engine), ask(engine)])).toEqual(["Yes", "Yes", "Yes"]);
    expect(await ask(engine)).toBe("Yes");
  }
  now.marker = "<__media_4__>";
  const { scores } = await engine.score(ABOUT_A_PICTURE, ["Yes"]);
  expect(scores[0]?.logprob).toBe(-1);
});

test("what it refuses for another reason is refused once", async () => {
  const { script } = llama();
  const server = await scriptedServer((call, response) =>
    call.path === "/completion" ? json(response, { error: {} }, 400) : script(call, response),
  );
  const engine = await RemoteEngine.load({ endpoint: server.url, imageSize: 14 });
  await expect(ask(engine)).rejects.toMatchObject({ code: "endpoint_failed", facts: { status: 400 } });
  expect(server.calls.filter(({ path }) => path === "/completion")).toHaveLength(1);
});

test.each([
  ["a picture", ABOUT_A_PICTURE],
  ["none", ABOUT_NONE],
])("one that was started again with another model gives no answer about %s", async (_, parts) => {
  const { now, script } = llama();
  const server = await scriptedServer(script);
  const engine = await RemoteEngine.load({ endpoint: server.url, imageSize: 14 });
  Object.assign(now, { marker: "<__media_2__>", model: "other.gguf" });
  await expect(ask(engine, parts)).rejects.toMatchObject({
    code: "endpoint_failed",
    facts: { reason: "other_model" },
  });
});

test("in a pool the others answer for it, until it has its model again", async () => {
  const [first, second] = [llama("first"), llama("second")];
  const servers = [await scriptedServer(first.script), await scriptedServer(second.script)];
  const engine = await RemoteEngine.load({ endpoint: servers.map(({ url }) => url), imageSize: 14 });
  Object.assign(first.now, { marker: "<__media_2__>", model: "other.gguf" });
  for (let count = 0; count < 3; count++) expect(await ask(engine)).toBe("second");
  expect((await engine.stats()).endpoints).toMatchObject([{ state: "down" }, { state: "up", completed: 3 }]);
  first.now.model = "m.gguf";
  await until(async () => expect(await ask(engine)).toBe("first"));
  await engine.dispose();
});

test("those that run and do not answer get no more requests until they answer", async () => {
  let fails = true;
  const refusals: ((response: Parameters<Script>[1]) => void)[] = [
    (response) => response.writeHead(500).end(),
    (response) => response.writeHead(404).end(),
    (response) => response.end("<html>"),
    (response) => response.writeHead(307, { location: "/x" }).end(),
    (response) => events(response, [{ error: { message: "no room" } }]),
  ];
  const broken = await Promise.all(
    refusals.map((refuse) =>
      scriptedServer(vllm((_, response) => (fails ? refuse(response) : events(response, answerOf("back"))))),
    ),
  );
  const good = await scriptedServer(vllm((_, response) => events(response, answerOf("good"))));
  const engine = await RemoteEngine.load({ endpoint: [...broken, good].map(({ url }) => url) });
  const asked = () =>
    broken.map(({ calls }) => calls.filter(({ path }) => path === "/v1/chat/completions").length);
  for (let count = 0; count < 4; count++) expect(await ask(engine, ABOUT_NONE)).toBe("good");
  expect(asked()).toEqual([1, 1, 1, 1, 1]);
  // Their health is good all the time; they are asked for a word after 5 seconds, and every 5 from then on.
  await until(() => expect(Math.min(...asked())).toBeGreaterThan(1));
  expect(await ask(engine, ABOUT_NONE)).toBe("good");
  fails = false;
  await until(async () => expect(await ask(engine, ABOUT_NONE)).toBe("back"));
  await engine.dispose();
});
