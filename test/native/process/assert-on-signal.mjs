// Loaded into the engine's process by the tests: on SIGUSR2, dies as a GGML_ASSERT does.
import { writeSync } from "node:fs";

process.on("SIGUSR2", () => {
  writeSync(2, "a line that may hold a prompt\n");
  writeSync(2, "/src/ggml/src/ggml.c:4321: GGML_ASSERT(n_dims >= 1) failed\n");
  process.kill(process.pid, "SIGABRT");
});
