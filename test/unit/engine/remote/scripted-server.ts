import { once } from "node:events";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { onTestFinished } from "vitest";

export interface Call {
  readonly path: string;
  readonly body: Record<string, unknown>;
  readonly headers: IncomingMessage["headers"];
}

export type Script = (call: Call, response: ServerResponse) => void;

export interface ScriptedServer {
  readonly url: string;
  readonly calls: readonly Call[];
  /** Nobody listens from now on. */
  close(): Promise<void>;
  /** Listens again at the same address. */
  open(): Promise<void>;
}

/** A real server of HTTP whose answers a test writes. It ends with the test. */
export async function scriptedServer(
  script: Script,
  sent: "json" | "form" = "json",
): Promise<ScriptedServer> {
  const calls: Call[] = [];
  const server = createServer(async (request, response) => {
    let text = "";
    for await (const piece of request) text += piece;
    const call = {
      path: request.url ?? "",
      body: text === "" || sent === "form" ? {} : (JSON.parse(text) as Record<string, unknown>),
      headers: request.headers,
    };
    calls.push(call);
    script(call, response);
  });
  let port = 0;
  const open = async () => {
    server.listen(port, "127.0.0.1");
    await once(server, "listening");
    port = (server.address() as AddressInfo).port;
  };
  const close = async () => {
    if (!server.listening) return;
    server.close();
    server.closeAllConnections();
    await once(server, "close");
  };
  await open();
  onTestFinished(close);
  return { url: `http://127.0.0.1:${port}`, calls, open, close };
}

export const json = (response: ServerResponse, value: unknown, status = 200) =>
  response.writeHead(status, { "content-type": "application/json" }).end(JSON.stringify(value));

/** Server-sent events, as chat completions come. */
export const events = (response: ServerResponse, chunks: readonly unknown[]) =>
  response.end(`${chunks.map((chunk) => `data: ${JSON.stringify(chunk)}\n\n`).join("")}data: [DONE]\n\n`);

/** As vLLM streams an answer. */
export const answerOf = (text: string, finish = "stop") => [
  { choices: [{ delta: { role: "assistant", content: "" } }] },
  { choices: [{ delta: { content: text } }] },
  { choices: [{ delta: {}, finish_reason: finish }] },
  {
    choices: [],
    usage: { prompt_tokens: 9, completion_tokens: 2, prompt_tokens_details: { cached_tokens: 4 } },
  },
];

/** A vLLM that serves one model; `script` answers its completions. */
export const vllm =
  (script: Script): Script =>
  (call, response) => {
    if (call.path === "/v1/models")
      json(response, { data: [{ id: "google/medgemma-4b-it", owned_by: "vllm", max_model_len: 4096 }] });
    else if (call.path === "/health") response.end();
    else if (call.path === "/tokenize") json(response, { tokens: [1, 2, 3] });
    else if (call.path === "/v1/chat/completions") script(call, response);
    else response.writeHead(404).end();
  };
