/** Paths of the interfaces that are spoken here, with which an address is pasted from a page or another program. */
const CALLS =
  /\/(?:(?:chat\/)?completions?|completions|responses|messages|models|props|slots|health|tokenize|detokenize)$/;
const SECRET = /key|token|secret|password|passwd|sig|auth|credential/i;

/**
 * What an endpoint's calls are below: without the path of a call, the version, what follows `?` and `#`, and slashes at
 * the end.
 */
export function baseOf({ origin, pathname }: URL): string {
  const path = pathname.replace(/\/+$/, "").replace(CALLS, "").replace(/\/+$/, "").replace(/\/v1$/, "");
  return origin + path.replace(/\/+$/, "");
}

/** Whether something in the query is to let the caller in: it would be lost, and addresses are shown. */
export function hasSecret({ searchParams }: URL): boolean {
  return [...searchParams.keys()].some((name) => SECRET.test(name));
}
