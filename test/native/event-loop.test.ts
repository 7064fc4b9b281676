import { monitorEventLoopDelay } from "node:perf_hooks";
import { expect, test } from "vitest";
import { answer } from "../support/ask.js";
import { goldens, loadPhantom, messagesOf } from "../support/phantom.js";

// Only printed: the time depends on what else the machine does. `npm run bench` measures it at full size.
test("the event loop goes on turning while a model loads, sees and speaks", async () => {
  const golden = goldens.find((it) => it.kind === "report");
  if (!golden) throw new Error("No report among the goldens.");
  const messages = await messagesOf(golden);
  const delays = monitorEventLoopDelay({ resolution: 1 });
  let turns = 0;
  const timer = setInterval(() => turns++, 1);
  delays.enable();
  const engine = await loadPhantom();
  const turnsOfLoading = turns;
  const { text } = await answer(engine, messages);
  delays.disable();
  clearInterval(timer);
  console.log(
    `event loop: largest delay ${(delays.max / 1e6).toFixed(1)} ms in ${turns} turns of load, encode and generate`,
  );
  expect(text).toBe(golden.answer);
  expect(turnsOfLoading).toBeGreaterThan(2);
  expect(turns - turnsOfLoading).toBeGreaterThan(10);
  await engine.dispose();
});
