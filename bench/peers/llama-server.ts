import { readFileSync } from "node:fs";
import { request } from "node:http";
import { createServer } from "node:net";
import path from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { patience, start } from "../lib/children.js";
import type { Context } from "../lib/types.js";
import { need } from "./find.js";
import { ANSWER_TOKENS } from "./mtmd-cli.js";

/** llama.cpp's HTTP server, loaded and ready. */
export class LlamaServer {
  readonly #url: string;
  readonly #limit: number;
  readonly #stop: () => Promise<void>;

  private constructor(url: string, limit: number, stop: () => Promise<void>) {
    this.#url = url;
    this.#limit = limit;
    this.#stop = stop;
  }

  static async start(context: Context, extra: readonly string[] = []): Promise<LlamaServer> {
    const { model, projector, threads } = context.model;
    const port = await freePort();
    const child = start(
      path.join(need(context.peers.llama), "llama-server"),
      [
        ...["-m", model, "--mmproj", projector, "--no-jinja", "--chat-template", "gemma", "-ngl", "0"],
        ...["--no-mmproj-offload", "-t", String(threads), "-c", "8192", "--no-ui"],
        ...["--host", "127.0.0.1", "--port", String(port), ...extra],
      ],
      { stdio: "ignore" },
    );
    let ended = false;
    const end = new Promise<void>((resolve) => child.once("close", () => resolve()));
    void end.then(() => {
      ended = true;
    });
    const url = `http://127.0.0.1:${port}`;
    const limit = patience(context.model.name);
    const stop = async () => {
      child.kill("SIGTERM");
      const timer = setTimeout(() => child.kill("SIGKILL"), 10_000);
      await end.finally(() => clearTimeout(timer));
    };
    for (const began = performance.now(); !(await healthy(url)); await sleep(20)) {
      if (ended) throw new Error("llama-server ended while it loaded");
      if (performance.now() - began > limit) {
        await stop();
        throw new Error("llama-server did not become ready");
      }
    }
    return new LlamaServer(url, limit, stop);
  }

  /** One question about one picture; milliseconds. */
  async ask(picture: string, question: string): Promise<number> {
    const url = `data:image/png;base64,${readFileSync(picture).toString("base64")}`;
    const content = [
      { type: "image_url", image_url: { url } },
      { type: "text", text: question },
    ];
    const body = { messages: [{ role: "user", content }], temperature: 0, max_tokens: ANSWER_TOKENS };
    const began = performance.now();
    await post(`${this.#url}/v1/chat/completions`, body, this.#limit);
    return performance.now() - began;
  }

  /** Milliseconds until it has found a text's tokens. */
  async tokenize(text: string): Promise<number> {
    const began = performance.now();
    await post(`${this.#url}/tokenize`, { content: text }, this.#limit);
    return performance.now() - began;
  }

  stop(): Promise<void> {
    return this.#stop();
  }
}

/** Not `fetch`, which gives up after five minutes without an answer: a picture can take longer. */
async function post(url: string, body: object, limit: number): Promise<void> {
  await new Promise<void>((resolve, reject) => {
    const call = request(
      url,
      { method: "POST", headers: { "content-type": "application/json" } },
      (response) => {
        let text = "";
        response.setEncoding("utf8").on("data", (piece: string) => {
          text += piece;
        });
        response.once("end", () =>
          response.statusCode === 200 ? resolve() : reject(new Error(`llama-server: ${text.slice(0, 300)}`)),
        );
      },
    );
    call.once("error", reject);
    call.setTimeout(limit, () => call.destroy(new Error(`llama-server gave no answer in ${limit / 1000} s`)));
    call.end(JSON.stringify(body));
  });
}

async function healthy(url: string): Promise<boolean> {
  return fetch(`${url}/health`, { signal: AbortSignal.timeout(5000) }).then(
    ({ ok }) => ok,
    () => false,
  );
}

async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const address = server.address();
  await new Promise((resolve) => server.close(resolve));
  if (address === null || typeof address === "string") throw new Error("No free port.");
  return address.port;
}
