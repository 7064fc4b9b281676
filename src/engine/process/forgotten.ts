import type { Supervisor } from "./supervisor.js";

const registry = new FinalizationRegistry<Supervisor>((supervisor) => {
  if (supervisor.disposed) return;
  supervisor.dispose().catch(() => undefined);
  process.emitWarning(
    "A model was forgotten without dispose(); the process that held it was ended. Call dispose(), or declare it with `await using`.",
    { type: "MedGemmaWarning", code: "MEDGEMMA_NOT_DISPOSED" },
  );
});

/**
 * Ends the process of an engine that nobody can reach any more: gigabytes would stay until the application ends. A
 * call that runs reaches its engine. A warning of Node's with the code `MEDGEMMA_NOT_DISPOSED` tells.
 */
export function endWhenForgotten(engine: object, supervisor: Supervisor): void {
  registry.register(engine, supervisor);
}
