import { once } from "node:events";
import { createServer, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { MedGemma } from "../../../../src/medgemma/medgemma.js";
import { magnitude, oneOf } from "../kinds.js";
import { type Attack, type AttackMakers, SHORT } from "./attack.js";

/** Values that JSON may be made of; each is dear to some parser. */
const VALUES: Readonly<Record<string, (size: number) => string>> = {
  "lists in lists": (size) => "[".repeat(size / 2) + "]".repeat(size / 2),
  "lists in lists without end": (size) => "[".repeat(size),
  "objects in objects": (size) => `${'{"a":'.repeat(size / 6)}1${"}".repeat(size / 6)}`,
  "empty objects": (size) => `[${"{},".repeat(size / 3)}1]`,
  names: (size) => `{${Array.from({ length: size / 12 }, (_, i) => `"n${i}":1,`).join("")}"a":1}`,
  numbers: (size) => `[${"1,".repeat(size / 2)}1]`,
  "a long number": (size) => "1".repeat(size),
  "a long text": (size) => `"${"a".repeat(size)}"`,
  "a text of marks": (size) => `"${'\\"'.repeat(size / 2)}"`,
  "halves of pairs": (size) => `"${"\\ud83d".repeat(size / 6)}"`,
  blanks: (size) => `${" ".repeat(size)}1`,
};

/** How a server says what it says. */
const FORMS: Readonly<Record<string, (value: string) => string>> = {
  "an event": (value) => `data: {"choices":[{"delta":{"content":${value}}}]}\n\ndata: [DONE]\n\n`,
  "an event's choices": (value) => `data: {"choices":${value}}\n\n`,
  "an event of many lines": (value) => `data: {"choices":\ndata: ${value}\ndata: }\n\n`,
  "an event of an error": (value) => `event: error\ndata: ${value}\n\n`,
  "many events": (value) =>
    `data: {"choices":[{"delta":{"content":"a"},"x":${value.slice(0, 200)}}]}\n\n`.repeat(value.length / 250),
  "an event without end": (value) => `data: {"choices":[{"delta":{"content":"${value}`,
  "a line": (value) => `{"choices":[]}\n{"choices":${value}}\n`,
  "the first line": (value) => `{"choices":${value}}\n{"choices":[]}\n`,
  "a document": (value) => `{"choices":[{"message":{"content":${value}},"finish_reason":"stop"}]}`,
  "a document beside its answer": (value) =>
    `{"choices":[{"message":{"content":"Yes."},"finish_reason":"stop"}],"usage":${value}}`,
  "an answer that is the JSON": (value) =>
    `{"choices":[{"message":{"content":${JSON.stringify(value)}},"finish_reason":"stop"}]}`,
};

/** Which of its answers it is. */
const PLACES = [
  "an answer",
  "a structured answer",
  "a refusal",
  "the list of models",
  "the properties",
] as const;

export const VALUE_KINDS = Object.keys(VALUES);
export const FORM_KINDS = Object.keys(FORMS);
export const PLACE_KINDS: readonly string[] = PLACES;

export function endpointAttack(what: string, form: string, place: string, size: number): Attack {
  const value = VALUES[what]?.(size) ?? "";
  const said = place === "the list of models" || place === "the properties" || place === "a refusal";
  // Bytes, so that writing them out is not counted as the package's.
  const body = Buffer.from(said ? `{"data":${value}}` : (FORMS[form]?.(value) ?? ""));
  return {
    name: `${size} characters of ${what}${said ? "" : ` in ${form}`} as ${place}`,
    run: async ({ signal }) => {
      const server = createServer((request, response) => {
        request.resume();
        answer(request.url ?? "", place, body, response);
      });
      server.listen(0, "127.0.0.1");
      await once(server, "listening");
      try {
        const endpoint = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
        await using model = await MedGemma.load({ endpoint, endpointRetries: 0, signal });
        const text = "Hb 13 g/dL";
        if (place === "a structured answer") await model.extract({ text }, {}, { ...SHORT, signal });
        else await model.ask([], "Is it?", { ...SHORT, signal });
      } finally {
        server.close();
        server.closeAllConnections();
      }
    },
  };
}

function answer(path: string, place: string, body: Buffer, response: ServerResponse): void {
  if (path === "/props") {
    if (place === "the properties") response.end(body);
    else response.writeHead(404).end();
  } else if (path === "/v1/models") {
    if (place === "the list of models") response.end(body);
    else response.end('{"data":[{"id":"medgemma","owned_by":"vllm","max_model_len":4096}]}');
  } else {
    if (place === "a refusal") response.writeHead(400);
    response.end(body);
  }
}

export const ENDPOINT_ATTACKS: AttackMakers = {
  "endpoint-json": (random) =>
    endpointAttack(
      oneOf(random, VALUE_KINDS),
      oneOf(random, FORM_KINDS),
      oneOf(random, PLACES),
      magnitude(random, 10_000, 5_000_000),
    ),
};
