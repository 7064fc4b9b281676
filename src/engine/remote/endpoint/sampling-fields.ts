import type { Filled } from "../../../base/options.js";
import { SAMPLING, SAMPLING_NAMES, type SamplingName, type SamplingOptions } from "../../sampling.js";

type Settings = Filled<SamplingOptions>;

/** Of llama-server's own requests: all, as its defaults are others. */
export function llamaServerFields(settings: Settings): Record<string, number> {
  return fields(SAMPLING_NAMES, "llamaServer", settings);
}

/** Of chat completions. */
export function chatFields(settings: Settings): Record<string, number> {
  const greedy = settings.temperature === 0;
  const sent = SAMPLING_NAMES.filter((name) => {
    const { chatOmits, default: usual } = SAMPLING[name];
    return !chatOmits.some((when) => (when === "greedy" ? greedy : settings[name] === usual));
  });
  return fields(sent, "chat", settings);
}

function fields(
  names: readonly SamplingName[],
  api: "llamaServer" | "chat",
  settings: Settings,
): Record<string, number> {
  return Object.fromEntries(
    names.flatMap((name) => SAMPLING[name][api].map((field) => [field, settings[name]])),
  );
}
