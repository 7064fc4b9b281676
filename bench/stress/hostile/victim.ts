import { type ChildProcess, fork } from "node:child_process";
import { once } from "node:events";
import type { Finding, Order } from "./messages.js";

/** An attack that has said nothing for so long holds the application. */
const SILENT_MS = 60_000;

/** The application in a process of its own: what ends it ends nothing else, and the next attack gets a new one. */
export class Victim {
  #child: ChildProcess | undefined;

  /** What came of one attack; `died` says how where the application did not live through it. */
  async attack(order: Order): Promise<Finding & { died?: string }> {
    const child = await this.#ready();
    let name: string | undefined;
    return await new Promise((resolve) => {
      const over = (finding: Finding & { died?: string }) => {
        clearTimeout(timer);
        child.off("message", hear);
        child.off("exit", gone);
        resolve({ ...(name !== undefined && { name }), ...finding });
      };
      const hear = (finding: Finding) => {
        if (finding.what === "begun") name = finding.name;
        else over(finding);
      };
      const gone = (code: number | null, signal: string | null) => {
        this.#child = undefined;
        over({ what: "ended", died: `the application ended (${signal ?? code})` });
      };
      const timer = setTimeout(() => {
        child.off("exit", gone);
        this.stop();
        over({ what: "ended", died: `nothing was heard for ${SILENT_MS / 1000} s` });
      }, SILENT_MS);
      child.on("message", hear);
      child.once("exit", gone);
      child.send(order);
    });
  }

  async #ready(): Promise<ChildProcess> {
    if (this.#child) return this.#child;
    const child = fork("bench/run.mjs", ["bench/stress/hostile/application.ts"], {
      stdio: ["ignore", "ignore", "inherit", "ipc"],
    });
    const [finding] = (await Promise.race([once(child, "message"), once(child, "exit")])) as [
      Finding | number,
    ];
    if (typeof finding !== "object" || finding?.what !== "ready")
      throw new Error("The application did not start.");
    this.#child = child;
    return child;
  }

  stop(): void {
    this.#child?.kill("SIGKILL");
    this.#child = undefined;
  }
}
