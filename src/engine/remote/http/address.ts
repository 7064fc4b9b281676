/** Paths of the interfaces that are spoken here, with which an address is pasted from a page or another program. */
const CALLS =
  /\/(?:(?:chat\/)?completions?|responses|messages|models|embeddings?|props|slots|health|metrics|version|ping|tokenize|detokenize|apply-template|infill|invocations)$/i;
/** Pages about a server, of FastAPI and others. */
const PAGES = /\/(?:docs|redoc|openapi\.json|swagger(?:\/index\.html)?|index\.html?|ui)$/i;
/** Ollama's and LM Studio's own calls, which both speak chat completions below the host itself; a gateway may be at `/api`. */
const OWN_CALLS =
  /\/api\/(?:chat|generate|tags|ps|show|version|embed|embeddings|v0(?:\/(?:chat\/completions|completions|embeddings|models))?)$/i;
const SECRET = /key|token|secret|password|passwd|sig|auth|credential/i;

/**
 * What an endpoint's calls are below: without the path of a call or of a page about them, the version, what follows `?` and
 * `#`, and slashes at the end.
 */
export function baseOf({ origin, pathname }: URL): string {
  let path = withoutEnd(pathname);
  for (const ends of [PAGES, OWN_CALLS, CALLS, /\/v1$/i]) path = withoutEnd(path.replace(ends, ""));
  return origin + path;
}

const withoutEnd = (path: string) => path.replace(/\/+$/, "");

/** Whether something in the query is to let the caller in: it would be lost, and addresses are shown. */
export function hasSecret({ searchParams }: URL): boolean {
  return [...searchParams.keys()].some((name) => SECRET.test(name));
}
