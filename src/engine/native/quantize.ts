import { withCancel } from "../../base/abort.js";
import { fromNative, loadAddon, type NativeQuantizeOptions, type NativeQuantizeReport } from "./addon.js";

/**
 * llama.cpp's quantiser in this process, which ends with it where it aborts.
 * @throws MedGemmaError `quantize_unsupported`, `quantize_failed`, `aborted`, and as reading the header.
 */
export async function quantizeNatively(
  options: NativeQuantizeOptions,
  onProgress: (share: number) => void,
  signal: AbortSignal | undefined,
): Promise<NativeQuantizeReport> {
  try {
    const { cancel, promise } = loadAddon().quantize(options, onProgress);
    return await withCancel(signal, cancel, promise);
  } catch (error) {
    throw fromNative(error, [options.input, options.output]);
  }
}
