import { randomUUID } from "node:crypto";
import { type FileHandle, link, open, realpath, rename, rm } from "node:fs/promises";
import path from "node:path";

/** Codes of disks that know no second name for a file: there only a look beforehand tells of another's. */
const NO_LINKS = ["EPERM", "ENOSYS", "ENOTSUP", "EOPNOTSUPP", "EMLINK"];

/**
 * A file under a name of its own beside another, whose place it takes once it is whole: until then what was there stays,
 * and two writers of one file never meet.
 */
export class Beside {
  private constructor(
    private readonly target: string,
    /** For another program to write to: it is there, and empty. */
    readonly path: string,
    readonly handle: FileHandle,
  ) {}

  /**
   * @param mode Of the new file. Defaults to what the process's mask leaves.
   * @throws the system's error.
   */
  static async make(target: string, mode?: number): Promise<Beside> {
    // Short, as a name that the system just allows has no room for more.
    const aside = path.join(path.dirname(target), `.${randomUUID()}.tmp`);
    return new Beside(target, aside, await open(aside, "wx", mode));
  }

  /**
   * @param replace Whether it may take the place of a file that is there. Defaults to `true`.
   * @throws the system's error, `EEXIST` where it may not replace; nothing of it stays then.
   */
  async place(replace = true): Promise<void> {
    try {
      await this.handle.sync();
      await this.handle.close();
      if (replace || !(await this.#linked())) await rename(this.path, this.target);
      else await rm(this.path);
    } catch (error) {
      await this.discard();
      throw error;
    }
  }

  /** Idempotent. */
  async discard(): Promise<void> {
    await this.handle.close().catch(() => undefined);
    await rm(this.path, { force: true }).catch(() => undefined);
  }

  /** A second name is refused where a file is, whoever made it meanwhile; a rename is not. */
  async #linked(): Promise<boolean> {
    try {
      await link(this.path, this.target);
      return true;
    } catch (error) {
      if (NO_LINKS.includes((error as NodeJS.ErrnoException).code ?? "")) return false;
      throw error;
    }
  }
}

/**
 * A small file, never half there. It takes the place of what has its name, a link too.
 * @param options.exactly Whatever the process's mask. Defaults to `false`.
 * @throws the system's error.
 */
export async function writeBeside(
  file: string,
  content: string | Uint8Array,
  { mode, exactly = false }: { readonly mode?: number; readonly exactly?: boolean } = {},
): Promise<void> {
  const beside = await Beside.make(file, mode);
  try {
    if (mode !== undefined && exactly) await beside.handle.chmod(mode);
    await beside.handle.writeFile(content);
  } catch (error) {
    await beside.discard();
    throw error;
  }
  await beside.place();
}

/** Where a link leads; the path itself where it is none, or nothing is there. */
export function behindLinks(file: string): Promise<string> {
  return realpath(file).catch(() => file);
}
