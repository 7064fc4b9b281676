import { execFile } from "node:child_process";
import { expect, test } from "vitest";
import { ATTACK_KINDS } from "../support/hostile/attacks/index.js";

interface Report {
  readonly attacks: number;
  readonly violations: readonly { kind: string; seed: number; name?: string; faults: readonly string[] }[];
}

// A slice of `npm run stress:hostile`, with its seeds fixed. How long each may take is judged there: here it has to end
// typed, with nothing uncaught, no descriptor kept, and the application alive.
test("what is made to hurt ends in an answer or a typed error", async () => {
  const output = await new Promise<string>((resolve, reject) => {
    const run = ["bench/run.mjs", "bench/stress/hostile/run.ts", "--seed", "1", "--count", "2", "--json"];
    execFile(process.execPath, run, { maxBuffer: 1e8 }, (error, stdout) =>
      stdout === "" ? reject(error ?? new Error("no report")) : resolve(stdout),
    );
  });
  const { attacks, violations } = JSON.parse(output) as Report;
  expect(attacks).toBe(2 * ATTACK_KINDS.length);
  expect(violations.filter(({ faults }) => faults.length > 0)).toEqual([]);
});
