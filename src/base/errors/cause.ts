import { types } from "node:util";

/**
 * A cause as an error carries it: the system's own errors name whole paths, in their words and beside them, and folders
 * are often named after patients. What failed and why stays.
 */
export function withoutPaths(cause: unknown): unknown {
  // `instanceof` would ask a Proxy, which may throw.
  if (!types.isNativeError(cause)) return cause;
  const { code, syscall, errno } = cause as NodeJS.ErrnoException;
  if (typeof syscall !== "string" || typeof code !== "string") return cause;
  // Of a program that cannot be started the call has the path in it.
  const call = syscall.split(" ", 1)[0] ?? "";
  return Object.assign(new Error(`${code}, ${call}`), {
    code,
    syscall: call,
    ...(errno !== undefined && { errno }),
  });
}
