import { untilAborted } from "../../../base/abort.js";
import { MedGemmaError } from "../../../base/errors.js";
import { isLoopback } from "../../../base/http.js";
import { type Connection, isNetworkCode } from "./http.js";

const SCOPE = "https://www.googleapis.com/auth/cloud-platform";

const GOOGLE = /(?:^|[.-])(?:aiplatform\.googleapis\.com|prediction\.vertexai\.goog)$/;

/** Whether an address is one of Vertex AI, by its host or its path. */
export function isVertex(address: string): boolean {
  const { hostname, pathname } = new URL(address);
  return GOOGLE.test(hostname) || /\/projects\/[^/]+\/locations\/[^/]+\/endpoints\/[^/]+$/.test(pathname);
}

/** A token of Google's goes to Google by TLS, and to this machine, where a proxy may be; never elsewhere. */
export function mayHaveToken(address: string): boolean {
  const { protocol, hostname } = new URL(address);
  return (protocol === "https:" && GOOGLE.test(hostname)) || isLoopback(address);
}

/**
 * Headers with a token of Google's application default credentials (a service account's file, `gcloud auth
 * application-default login`, or the machine's own), renewed by Google's library before it runs out.
 */
export function googleHeaders(): Connection["headers"] {
  let auth: Promise<{ getAccessToken(): Promise<string | null | undefined> }> | undefined;
  return async (signal) => {
    // Loaded only here: it is large, and few need it.
    auth ??= import("google-auth-library").then(({ GoogleAuth }) => new GoogleAuth({ scopes: [SCOPE] }));
    try {
      const credentials = await auth;
      const token = await untilAborted(signal, () => credentials.getAccessToken());
      if (token) return { authorization: `Bearer ${token}` };
    } catch (error) {
      if (MedGemmaError.isInstance(error)) throw error;
      const reason = outageOf(error);
      if (reason !== undefined) {
        throw new MedGemmaError("endpoint_failed", `Google gives no token now (${reason}).`, {
          facts: { reason, of: "google_token" },
          remedy: "Try again later; check that this machine reaches Google.",
        });
      }
      // The library's message is not kept: it may name files of the user's.
    }
    throw new MedGemmaError(
      "endpoint_credentials",
      "There are no Google credentials for the endpoint, or they are no longer valid.",
      {
        facts: { reason: "google_credentials" },
        remedy:
          "Run `gcloud auth application-default login`, or name a service account's file in GOOGLE_APPLICATION_CREDENTIALS.",
      },
    );
  };
}

/** Where Google cannot be reached or is busy, its code or status; undefined where it, or the library, has said no. */
function outageOf(error: unknown): string | undefined {
  const { code, status, cause } = (error ?? {}) as { code?: unknown; status?: unknown; cause?: unknown };
  if (Number(status) >= 500 || Number(status) === 429) return `status ${status}`;
  if (isNetworkCode(code)) return String(code);
  return cause ? outageOf(cause) : undefined;
}
