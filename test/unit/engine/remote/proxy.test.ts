import { once } from "node:events";
import { createServer } from "node:http";
import { type AddressInfo, connect } from "node:net";
import { expect, onTestFinished, test } from "vitest";
import { RemoteEngine } from "../../../../src/engine/remote/remote-engine.js";
import { withoutVariables } from "./environment.js";
import { json, scriptedServer } from "./scripted-server.js";

withoutVariables("NODE_USE_ENV_PROXY", "HTTP_PROXY", "http_proxy", "NO_PROXY", "no_proxy");

test("the environment's proxy is taken where Node is told so", async () => {
  const model = await scriptedServer((_, response) => json(response, { data: [{ id: "m" }] }));
  const asked: string[] = [];
  const proxy = createServer().on("connect", ({ url }, client) => {
    asked.push(url ?? "");
    const there = connect(Number(new URL(model.url).port), "127.0.0.1", () => {
      client.write("HTTP/1.1 200 Connected\r\n\r\n");
      client.pipe(there).pipe(client);
    });
    there.on("error", () => client.destroy());
    client.on("error", () => there.destroy());
  });
  proxy.listen(0, "127.0.0.1");
  onTestFinished(() => void proxy.close());
  await once(proxy, "listening");
  process.env.NODE_USE_ENV_PROXY = "1";
  process.env.HTTP_PROXY = `http://127.0.0.1:${(proxy.address() as AddressInfo).port}`;
  const engine = await RemoteEngine.load({ endpoint: "http://model.invalid", endpointApi: "chat" });
  expect(engine.info.model.name).toBe("m");
  expect(asked).toEqual(["model.invalid:80"]);
  // A proxy would take this machine's address for its own.
  await RemoteEngine.load({ endpoint: model.url, endpointApi: "chat" });
  expect(asked).toHaveLength(1);
});
