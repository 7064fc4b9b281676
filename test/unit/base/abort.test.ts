import { setMaxListeners } from "node:events";
import { describe, expect, test } from "vitest";
import { JoinedAbort, onAbort, raceSignal, untilAborted, withCancel } from "../../../src/base/abort.js";

const never = new Promise<never>(() => undefined);

describe("listening to a signal", () => {
  test("calls once it fires, at once where it has fired, and not after the listening ended", () => {
    const calls: string[] = [];
    const controller = new AbortController();
    onAbort(controller.signal, () => calls.push("first"));
    onAbort(controller.signal, () => calls.push("ended"))();
    controller.abort();
    onAbort(controller.signal, () => calls.push("late"));
    expect(calls).toEqual(["first", "late"]);
    expect(onAbort(undefined, () => calls.push("none"))).toBeTypeOf("function");
    expect(calls).toHaveLength(2);
  });

  test("any number may, without a warning of Node's", async () => {
    const warnings: Error[] = [];
    const onWarning = (warning: Error) => warnings.push(warning);
    process.on("warning", onWarning);
    const controller = new AbortController();
    setMaxListeners(10, controller.signal);
    const ends = Array.from({ length: 40 }, () => onAbort(controller.signal, () => undefined));
    const joined = new JoinedAbort(controller.signal);
    const others = Array.from({ length: 40 }, () => onAbort(joined.signal, () => undefined));
    await new Promise(setImmediate);
    process.off("warning", onWarning);
    for (const end of [...ends, ...others]) end();
    expect(warnings).toEqual([]);
  });
});

describe("waiting no longer than a signal allows", () => {
  test("gives the work's result or failure", async () => {
    const { signal } = new AbortController();
    expect(await raceSignal(signal, Promise.resolve(1))).toBe(1);
    expect(await raceSignal(undefined, Promise.resolve(2))).toBe(2);
    await expect(untilAborted(signal, () => Promise.reject(new Error("own")))).rejects.toThrow("own");
  });

  test("rejects with the reason, or with `aborted` for what the application asked", async () => {
    const reason = new Error("enough");
    const controller = new AbortController();
    const raced = raceSignal(controller.signal, never);
    const waited = untilAborted(controller.signal, () => never);
    controller.abort(reason);
    await expect(raced).rejects.toBe(reason);
    await expect(waited).rejects.toMatchObject({ code: "aborted", cause: reason });
  });

  test("begins nothing for a signal that has fired", async () => {
    let begun = false;
    const work = async () => {
      begun = true;
    };
    await expect(untilAborted(AbortSignal.abort(), work)).rejects.toMatchObject({ code: "aborted" });
    expect(begun).toBe(false);
  });

  test("what the work throws after that is nobody's", async () => {
    const controller = new AbortController();
    let fail: (error: Error) => void = () => undefined;
    const work = new Promise<never>((_, reject) => {
      fail = reject;
    });
    const waited = untilAborted(controller.signal, () => work);
    controller.abort();
    await expect(waited).rejects.toMatchObject({ code: "aborted" });
    const unhandled: unknown[] = [];
    const note = (error: unknown) => unhandled.push(error);
    process.on("unhandledRejection", note);
    fail(new Error("late"));
    await new Promise((resolve) => setTimeout(resolve, 5));
    process.off("unhandledRejection", note);
    expect(unhandled).toEqual([]);
  });

  test("cancels work that can be, and listens no more once it is done", async () => {
    const controller = new AbortController();
    let cancelled = 0;
    await withCancel(controller.signal, () => cancelled++, Promise.resolve());
    controller.abort();
    expect(cancelled).toBe(0);
    await withCancel(controller.signal, () => cancelled++, Promise.resolve());
    expect(cancelled).toBe(1);
  });
});

test("joined signals fire with the first, with its reason, and not once they ended", () => {
  const [one, other] = [new AbortController(), new AbortController()];
  const joined = new JoinedAbort(one.signal, undefined, other.signal);
  const ended = new JoinedAbort(one.signal);
  ended.end();
  other.abort("other");
  one.abort("one");
  expect(joined.signal.reason).toBe("other");
  expect(ended.signal.aborted).toBe(false);
});
