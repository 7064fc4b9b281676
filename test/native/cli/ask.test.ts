import { expect, test } from "vitest";
import { chest, expectNoStack, medgemma, NOTICE } from "./support.js";

/** A reward for repeating: the phantom says one word until its tokens are used up, some ten seconds. */
const ENDLESS = ["--repeat-penalty", "0.1", "--max-tokens", "7000"];

test("the answer goes to stdout, all else to stderr", async () => {
  const outcome = await medgemma(["ask", chest, "Is there nodule in this image? Answer with yes or no."]);
  expect(outcome).toMatchObject({ code: 0, stdout: "Yes.\n" });
  expect(outcome.stderr).toContain(NOTICE);
  expect(outcome.stderr).toContain("phantom");
  expect(outcome.stderr).toMatch(/tokens answered/);
  // No bar where there is no terminal.
  expect(outcome.stderr).not.toMatch(/\r|Loading/);
});

test("--quiet leaves the notice", async () => {
  const { stdout, stderr } = await medgemma(["ask", "--quiet", chest, "What is the impression?"]);
  expect(stdout).toBe("Right lower zone nodule.\n");
  expect(stderr.trim().split("\n")).toHaveLength(1);
  expect(stderr).toContain(NOTICE);
});

test("--json is one document: the result with its notice", async () => {
  const outcome = await medgemma(["ask", "--json", "--seed", "3", chest, "Is there a pleural effusion?"]);
  const result = JSON.parse(outcome.stdout);
  expect(result).toMatchObject({ text: "No.", finishReason: "stop", usage: { imageTokens: 16 } });
  expect(result.notice).toContain(NOTICE);
  expect(result.provenance.sampling.seed).toBe(3);
  expect(result.provenance.model.sha256).toMatch(/^[0-9a-f]{64}$/);
});

test("a question without pictures, a limit and a stop text", async () => {
  const question =
    "A 46 year old patient has chest pain. Heart rate 108, oxygen saturation 92%. What is the ESI level? Answer as JSON.";
  const full = await medgemma(["ask", question]);
  expect(JSON.parse(full.stdout)).toHaveProperty("esi");
  const stopped = await medgemma(["ask", "--stop", "nothing", "--stop", '", "', "--stop", ",", question]);
  expect(full.stdout.startsWith(stopped.stdout.trimEnd())).toBe(true);
  expect(stopped.stdout).not.toContain(",");
  const cut = await medgemma(["ask", "-n", "2", question]);
  expect(cut.stderr).toContain("--max-tokens");
});

test("--think keeps the thought off stdout; --show-thought tells it", async () => {
  const words = ["ask", "--think", "--show-thought", chest, "Describe this X-ray."];
  const { stdout, stderr } = await medgemma(words);
  expect(stdout).toMatch(/^FINDINGS/);
  expect(stdout).not.toContain("unused");
  expect(stderr).toMatch(/^Thought: \S/m);
});

test("--verbose brings llama.cpp's log", async () => {
  const { code, stderr } = await medgemma(["ask", "--verbose", "What is the impression?"]);
  expect(code).toBe(0);
  expect(stderr).toMatch(/^llama\.cpp \w+: \S/m);
});

test.each(["SIGINT", "SIGTERM"] as const)("%s stops the answer cleanly", async (name) => {
  const outcome = await medgemma(["ask", ...ENDLESS, "What is the impression?"], {
    onSpeech: (child) => child.kill(name),
  });
  expect(outcome).toMatchObject({ code: 130, signal: null });
  expect(outcome.stdout.endsWith("\n")).toBe(true);
  expect(outcome.stderr).toContain(NOTICE);
  expect(outcome.stderr).toMatch(/\n {2}\(aborted\)\n$/);
  expectNoStack(outcome);
});

test("a second Ctrl-C ends the process", async () => {
  const outcome = await medgemma(["ask", ...ENDLESS, "What is the impression?"], {
    onSpeech: (child) => {
      child.kill("SIGINT");
      setTimeout(() => child.kill("SIGINT"), 1);
    },
  });
  expect(outcome).toMatchObject({ code: 130, signal: null });
});

test("a reader that leaves ends the command quietly", async () => {
  const outcome = await medgemma(["ask", "--quiet", ...ENDLESS, "What is the impression?"], {
    onSpeech: (child) => child.stdout?.destroy(),
  });
  expect(outcome).toMatchObject({ code: 0, signal: null });
  expect(outcome.stderr).not.toContain("medgemma:");
  expectNoStack(outcome);
});
