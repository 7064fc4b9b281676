import { MedGemmaError } from "../../../base/errors.js";
import type { Endpoint } from "../endpoint/endpoint.js";
import type { ResolvedRemoteOptions } from "../endpoint/remote-options.js";
import { isTemporary, toEndpointError } from "../http/http.js";
import { openEndpoint } from "./open-endpoint.js";

/** An address of a pool: named from the start, an endpoint once it has answered. */
export interface Member {
  /** Its host, with `#2` for the second of the same host: no path, no credentials. */
  readonly name: string;
  endpoint: Endpoint | undefined;
  /** It came too late with another model, and that was told. */
  refused: boolean;
  completed: number;
  failed: number;
  /** @throws MedGemmaError as {@link openEndpoint}, with the name. */
  find(signal: AbortSignal | undefined): Promise<Endpoint>;
}

export function toMembers(options: ResolvedRemoteOptions): Member[] {
  const hosts = options.endpoints.map((url) => new URL(url).host);
  return options.endpoints.map((url, index) => {
    const host = hosts[index] ?? "";
    const before = hosts.slice(0, index).filter((other) => other === host).length;
    const name = before === 0 ? host : `${host}#${before + 1}`;
    const find = (signal: AbortSignal | undefined) =>
      openEndpoint(url, options, signal).catch((error) => {
        throw named(toEndpointError(error, signal), name);
      });
    return { name, endpoint: undefined, refused: false, completed: 0, failed: 0, find };
  });
}

/** The same error with the endpoint's name among its facts. */
export function named(error: MedGemmaError, name: string): MedGemmaError {
  if (error.code === "aborted") return error;
  const { code, message, remedy, facts, cause } = error;
  return new MedGemmaError(code, message, { remedy, cause, facts: { ...facts, endpoint: name } });
}

/** Whether a pool may begin without the endpoint: it is out of order, not wrongly named or refused. */
export function isOutage(error: unknown): boolean {
  if (isTemporary(error)) return true;
  if (!MedGemmaError.isInstance(error) || error.code !== "endpoint_failed") return false;
  return Number(error.facts.status) >= 500 || error.facts.reason === "TimeoutError";
}
