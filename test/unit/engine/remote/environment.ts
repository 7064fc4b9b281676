import { afterEach, beforeEach } from "vitest";

/** Each test of the file begins without these variables, and leaves them as they were. */
export function withoutVariables(...names: readonly string[]): void {
  let before: [string, string | undefined][];
  beforeEach(() => {
    before = names.map((name) => [name, process.env[name]]);
    for (const name of names) delete process.env[name];
  });
  afterEach(() => {
    for (const [name, value] of before) {
      if (value === undefined) delete process.env[name];
      else process.env[name] = value;
    }
  });
}
