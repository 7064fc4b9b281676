import { MedGemmaError } from "../../base/errors.js";
import { type RemoteOptions, resolveRemoteOptions } from "../../engine/remote/endpoint/remote-options.js";

export const ENDPOINT_OPTIONS = [
  "endpoint",
  "apiKey",
  "endpointApi",
  "endpointModel",
  "endpointCapabilities",
  "imageSize",
  "endpointRetries",
  "endpointTimeout",
] as const satisfies readonly (keyof RemoteOptions)[];

/** A model elsewhere (docs/remote.md). Beside `endpoint`, options of a model on this machine are refused; without it, these. */
export type EndpointOptions = Partial<Pick<RemoteOptions, (typeof ENDPOINT_OPTIONS)[number]>>;

/** What means the same here and there. */
const SHARED = ["contextSize", "parallel", "queueSize", "onLog", "signal"] as const;
type Shared = Partial<Pick<RemoteOptions, (typeof SHARED)[number]>>;
const BESIDE: readonly string[] = [...ENDPOINT_OPTIONS, ...SHARED, "fit", "onProgress", "onDownload"];

/**
 * The options for an endpoint; undefined when none is named.
 * @throws MedGemmaError `bad_option`: nothing that was asked for is left out in silence.
 */
export function remoteOptions(options: EndpointOptions & Shared): RemoteOptions | undefined {
  const { endpoint } = options;
  if (endpoint === undefined) {
    for (const name of ENDPOINT_OPTIONS)
      if (options[name] !== undefined) throw misplaced(name, `${name} is of an endpoint, and none is named.`);
    return undefined;
  }
  for (const [name, value] of Object.entries(options)) {
    if (value !== undefined && !BESIDE.includes(name))
      throw misplaced(name, `${name} is of a model on this machine; an endpoint has its own.`);
  }
  const names: readonly string[] = [...ENDPOINT_OPTIONS, ...SHARED];
  const given = Object.entries(options).filter(
    ([name, value]) => value !== undefined && names.includes(name),
  );
  const remote: RemoteOptions = { ...Object.fromEntries(given), endpoint };
  resolveRemoteOptions(remote);
  return remote;
}

/** The rest, which is the engine's on this machine. */
export function withoutEndpoint<T extends EndpointOptions>(options: T): Omit<T, keyof EndpointOptions> {
  const names: readonly string[] = ENDPOINT_OPTIONS;
  const rest = Object.entries(options).filter(([name]) => !names.includes(name));
  return Object.fromEntries(rest) as Omit<T, keyof EndpointOptions>;
}

function misplaced(option: string, message: string): MedGemmaError {
  return new MedGemmaError("bad_option", message, {
    facts: { option },
    remedy: "Leave it out, or leave out `endpoint`, or name one.",
  });
}
