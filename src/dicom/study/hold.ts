import { inputs } from "../../base/memory-gate.js";
import { plain } from "../../base/options.js";
import {
  type DicomInput,
  type HeldInput,
  knownBytes,
  type PathOrBytes,
  type StudyInput,
  toPathOrBytes,
} from "../file/input.js";
import { type Limits, tooLarge } from "../file/limits.js";
import { SharedBytes } from "../file/shared-bytes.js";
import { inTurn } from "./in-turn.js";

/**
 * Works on an input of which what can be read once only was read. Calls whose inputs take much memory together wait for each
 * other.
 */
export async function whileHeld<T>(
  given: StudyInput,
  limits: Limits,
  signal: AbortSignal | undefined,
  work: (input: HeldInput, shared: SharedBytes) => Promise<T>,
): Promise<T> {
  const input = plain("source", given);
  const listed = Array.isArray(input) ? (input as readonly DicomInput[]) : [input as DicomInput];
  if (listed.length > limits.maxFiles) throw tooLarge("files", listed.length, limits.maxFiles);
  const bytes = [...new Set(listed)].reduce((sum, one) => sum + knownBytes(one), 0);
  const leave = await inputs.enter(Math.min(bytes, limits.maxBytes), signal);
  const shared = new SharedBytes(signal);
  try {
    return await work(await hold(input, limits, signal, shared), shared);
  } finally {
    shared.end();
    leave();
  }
}

/** Reads what of an input can be read once only. */
async function hold(
  input: StudyInput,
  limits: Limits,
  signal: AbortSignal | undefined,
  shared: SharedBytes,
): Promise<HeldInput> {
  if (!Array.isArray(input)) return toPathOrBytes(input as DicomInput, limits, signal, shared);
  // What is listed several times is read once.
  const held = new Map<DicomInput, Promise<PathOrBytes>>();
  let bytes = 0;
  const read = async (one: DicomInput) => {
    const found = await toPathOrBytes(one, limits, signal, shared);
    bytes += typeof found === "string" ? 0 : found.length;
    if (bytes > limits.maxBytes) throw tooLarge("bytes in all", bytes, limits.maxBytes);
    return found;
  };
  return inTurn(input as readonly DicomInput[], (one) => {
    const reading = held.get(one) ?? read(one);
    held.set(one, reading);
    return reading;
  });
}
