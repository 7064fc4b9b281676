import os from "node:os";
import path from "node:path";

/** The package's folder where this system keeps what can be made again; it may not be there yet. */
export function cachePlace(): string {
  const home = os.homedir();
  if (process.platform === "darwin") return path.join(home, "Library", "Caches", "medgemma");
  if (process.platform === "win32") {
    return path.join(process.env.LOCALAPPDATA || path.join(home, "AppData", "Local"), "medgemma");
  }
  return path.join(process.env.XDG_CACHE_HOME || path.join(home, ".cache"), "medgemma");
}
