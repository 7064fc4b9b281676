import { describe, expect, test, vi } from "vitest";
import { MedGemmaError } from "../../../../src/base/errors.js";
import { crashError, StderrTail } from "../../../../src/engine/process/link/crash.js";
import { fromWire, toWire } from "../../../../src/engine/process/link/wire-error.js";
import { RestartPolicy } from "../../../../src/engine/process/restart-policy.js";

const crash = crashError({ exitCode: undefined, signal: "SIGABRT", reason: "GGML_ASSERT(x) failed" });

describe("the restart policy", () => {
  test("gives up after a row of crashes, and stays so", () => {
    const policy = new RestartPolicy(3);
    policy.crashed(crash);
    policy.crashed(crash);
    expect(policy.verdict).toBeUndefined();
    policy.crashed(crash);
    expect(policy.verdict?.facts).toMatchObject({ crashes: 3, signal: "SIGABRT" });
    expect(policy.verdict?.message).toMatch(/3 times in a row.*GGML_ASSERT\(x\) failed/);
    policy.answered();
    expect(policy.verdict).toBeDefined();
  });

  test("crashes that are minutes or days apart are a row too; only an answer ends it", () => {
    vi.useFakeTimers({ now: 0, toFake: ["performance", "Date"] });
    const policy = new RestartPolicy(3);
    policy.crashed(crash);
    policy.answered();
    for (const days of [0.01, 1, 2]) {
      expect(policy.verdict).toBeUndefined();
      vi.setSystemTime(days * 86_400_000);
      policy.crashed(crash);
      vi.advanceTimersByTime(days * 86_400_000);
    }
    vi.useRealTimers();
    expect(policy.verdict?.facts).toMatchObject({ crashes: 3 });
  });
});

describe("the reason of a crash", () => {
  const reasonOf = (text: string, loaded = true) => {
    const tail = new StderrTail();
    for (const piece of text.match(/.{1,7}|\n/gsu) ?? []) tail.push(piece);
    return tail.reason(loaded);
  };

  test("is the line that says so, and never another", () => {
    expect(reasonOf("secret prompt\n/src/ggml.c:12: GGML_ASSERT(n > 0) failed\nmore")).toBe(
      "/src/ggml.c:12: GGML_ASSERT(n > 0) failed",
    );
    expect(reasonOf("terminate called after throwing an instance of 'std::bad_alloc'\n")).toMatch(
      /bad_alloc/,
    );
    expect(reasonOf("FATAL ERROR: Reached heap limit Allocation failed\n")).toMatch(/heap limit/);
    expect(reasonOf('SyntaxError: Unexpected token, "the prompt" is not valid JSON\n')).toBeUndefined();
    expect(reasonOf("")).toBeUndefined();
  });

  test("before loading there is no prompt, and the runtime's words count", () => {
    expect(reasonOf("Error: Cannot find module '/x/child.js'\n", false)).toMatch(/Cannot find module/);
    expect(reasonOf("node: bad option: --no-such\n", false)).toBe("node: bad option: --no-such");
  });

  test("is not longer than a line should be, and only the end of stderr is kept", () => {
    expect(reasonOf(`GGML_ASSERT ${"x".repeat(5000)}`)?.length).toBe(300);
    expect(reasonOf(`GGML_ASSERT old\n${"y\n".repeat(10_000)}`)).toBeUndefined();
  });
});

describe("errors between processes", () => {
  test("keep code, message, facts, remedy and the cause's words", () => {
    const error = new MedGemmaError("context_full", "Too long.", {
      facts: { required: 9000 },
      remedy: "Less.",
      cause: new Error("llama.cpp's words"),
    });
    const there = fromWire(JSON.parse(JSON.stringify(toWire(error))));
    if (!MedGemmaError.isInstance(there)) throw there;
    expect([there.code, there.message, there.facts, there.remedy]).toEqual([
      "context_full",
      "Too long.",
      { required: 9000 },
      "Less.",
    ]);
    expect((there.cause as Error).message).toBe("llama.cpp's words");
  });

  test("what is not ours keeps its message", () => {
    expect(fromWire(toWire(new Error("odd")))).toMatchObject({ code: "decode_failed", message: "odd" });
  });
});
