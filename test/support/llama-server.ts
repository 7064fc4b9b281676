import { spawn } from "node:child_process";
import { once } from "node:events";
import path from "node:path";
import { createInterface } from "node:readline";

export interface LlamaServer {
  readonly url: string;
  stop(): Promise<void>;
}

/** The program that MEDGEMMA_LLAMA_SERVER names, with the phantom. @param port Defaults to one of the system's choice. */
export async function startLlamaServer(port = "0"): Promise<LlamaServer> {
  const program = process.env.MEDGEMMA_LLAMA_SERVER;
  if (!program) throw new Error("MEDGEMMA_LLAMA_SERVER names no program.");
  const files = [
    "-m",
    "models/phantom/phantom-f16.gguf",
    "--mmproj",
    "models/phantom/mmproj-phantom-f16.gguf",
  ];
  const child = spawn(program, [...files, "--host", "127.0.0.1", "--port", port, "-c", "4096", "-t", "1"], {
    env: { ...process.env, LD_LIBRARY_PATH: path.dirname(program) },
    stdio: ["ignore", "ignore", "pipe"],
  });
  const stop = async () => {
    if (child.exitCode !== null || child.signalCode !== null) return;
    child.kill("SIGKILL");
    await once(child, "exit");
  };
  for await (const line of createInterface({ input: child.stderr })) {
    const [url] = /http:\/\/127\.0\.0\.1:[1-9]\d*/.exec(line) ?? [];
    if (!url || !line.includes("listening")) continue;
    child.stderr.resume();
    return { url, stop };
  }
  throw new Error("llama-server ended before it listened.");
}
