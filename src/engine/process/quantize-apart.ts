import { MedGemmaError } from "../../base/errors.js";
import type { NativeQuantizeOptions, NativeQuantizeReport } from "../native/addon.js";
import { ChildLink } from "./link/child-link.js";
import type { SpawnOptions } from "./link/spawn-child.js";

/**
 * llama.cpp's quantiser in a process that is gone when this settles: the file that it wrote is nobody's then.
 * @throws MedGemmaError as `quantizeNatively`, `engine_crashed`, and `quantize_failed` where llama.cpp aborts.
 */
export async function quantizeApart(
  params: NativeQuantizeOptions,
  { execPath, execArgv, env }: SpawnOptions,
  onProgress: (share: number) => void,
  signal: AbortSignal | undefined,
): Promise<NativeQuantizeReport> {
  const spawn = { ...(execPath && { execPath }), ...(execArgv && { execArgv }), ...(env && { env }) };
  const link = new ChildLink({ spawn, cwd: process.cwd(), onEnd: () => undefined });
  try {
    const { result } = await link.call("quantize", params, { onProgress }, signal);
    return result;
  } catch (error) {
    throw abortedByItself(error) ?? error;
  } finally {
    await link.kill();
  }
}

/** Any other end, out of memory for instance, is not llama.cpp's doing. Windows has no signals: abort() exits with 3. */
function abortedByItself(error: unknown): MedGemmaError | undefined {
  if (!MedGemmaError.isInstance(error, "engine_crashed")) return undefined;
  const { signal, exitCode, reason } = error.facts;
  if (signal !== "SIGABRT" && !(process.platform === "win32" && exitCode === 3)) return undefined;
  return new MedGemmaError("quantize_failed", "llama.cpp gave up in the middle of quantising the file.", {
    facts: { signal, exitCode, reason },
    cause: error,
    remedy: "Take another type, and compare the file's sha256 with the source; the cause carries the reason.",
  });
}
