import { EXIT } from "../base/errors.js";
import type { Fact } from "./machine.js";
import type { Check } from "./self-test.js";
import { speak, speakJson } from "./terminal.js";

/** What `doctor` finds: told line by line as it comes, or as one JSON document at the end. */
export class Report {
  readonly #facts: Fact[] = [];
  readonly #checks: Check[] = [];
  readonly #json: boolean;

  constructor(json: boolean) {
    this.#json = json;
  }

  tell(lines: readonly Fact[]): void {
    this.#facts.push(...lines);
    if (!this.#json) for (const { name, value } of lines) print(name, value);
  }

  judge(check: Check): void {
    this.#checks.push(check);
    if (this.#json) return;
    print(check.name, `${check.ok ? "ok" : "FAILED"}  ${check.detail}`);
    if (check.remedy !== undefined) print("", check.remedy);
  }

  /** Tells the sum, also as the exit code. */
  end(): void {
    const [facts, checks] = [this.#facts, this.#checks];
    const failed = checks.filter(({ ok }) => !ok).length;
    const ok = failed === 0;
    if (this.#json) speakJson({ ok, facts, checks });
    else speak(ok ? "\nAll is well.\n" : `\n${failed} of ${checks.length} checks FAILED.\n`);
    process.exitCode = ok ? EXIT.ok : EXIT.unexpected;
  }
}

function print(name: string, value: string): void {
  speak(`${name.padEnd(26)}${value}\n`);
}
