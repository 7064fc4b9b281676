import { MedGemmaError } from "../../errors.js";

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
  return (
    (protocol === "https:" && GOOGLE.test(hostname)) ||
    /^(?:localhost|127\.\d+\.\d+\.\d+|\[::1\])$/.test(hostname)
  );
}

/**
 * Headers with a token of Google's application default credentials (a service account's file, `gcloud auth
 * application-default login`, or the machine's own), renewed by Google's library before it runs out.
 */
export function googleHeaders(): () => Promise<Record<string, string>> {
  let auth: Promise<{ getAccessToken(): Promise<string | null | undefined> }> | undefined;
  return async () => {
    // Loaded only here: it is large, and few need it.
    auth ??= import("google-auth-library").then(({ GoogleAuth }) => new GoogleAuth({ scopes: [SCOPE] }));
    try {
      const token = await (await auth).getAccessToken();
      if (token) return { authorization: `Bearer ${token}` };
    } catch {
      // Its message may name files of the user's.
    }
    throw new MedGemmaError("endpoint_failed", "There are no Google credentials for the endpoint.", {
      facts: { reason: "credentials" },
      remedy:
        "Run `gcloud auth application-default login`, or name a service account's file in GOOGLE_APPLICATION_CREDENTIALS.",
    });
  };
}
