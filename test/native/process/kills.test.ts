import { setTimeout as delay } from "node:timers/promises";
import { describe, expect, test } from "vitest";
import { killUnderLoad } from "./kill-under-load.js";

const KILLS = Number(process.env.MEDGEMMA_KILLS ?? 25);

describe.skipIf(process.platform === "win32")("kill -9 at random moments under load", () => {
  test(`${KILLS} times: every request is answered rightly or rejected with a typed error`, async () => {
    const outcome = await killUnderLoad(KILLS);
    console.log(`kill -9 under load: ${JSON.stringify(outcome)}`);
    expect(outcome.kills).toBe(KILLS);
    expect(outcome.untyped).toEqual([]);
    expect(outcome.wrong).toBe(0);
    expect(outcome.open).toBe(0);
    expect(outcome.answered).toBeGreaterThan(0);
    expect(outcome.newTemporaryFiles).toEqual([]);
    await delay(0);
    expect(outcome.orphans).toEqual([]);
  }, 600_000);
});
