#!/usr/bin/env node
import { describeFailure, reportFailure } from "./failure.js";
import { run } from "./run.js";

// What slips through everywhere else is still told in one line.
process.on("uncaughtException", (error) => {
  const failure = describeFailure(error);
  reportFailure(failure, error, false);
  process.exit(failure.exitCode);
});

process.exitCode = await run(process.argv.slice(2));
