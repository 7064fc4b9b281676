import { writeFileSync } from "node:fs";

// A terminal's Ctrl-C or hang-up goes to the whole group; the application decides what it means, and when it ends, this
// process sees its pipe close.
process.on("SIGINT", () => undefined);
process.on("SIGHUP", () => undefined);

// An abort must not write patients' pictures into a core file.
if (process.platform === "linux") {
  try {
    writeFileSync("/proc/self/coredump_filter", "0");
  } catch {
    // No such file in some containers: nothing to protect against there either.
  }
}
