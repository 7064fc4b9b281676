import { chmod, opendir, stat } from "node:fs/promises";
import path from "node:path";
import type { DuckDBConnection, DuckDBInstance } from "@duckdb/node-api";
import { Breather } from "../../base/breather.js";
import { MedGemmaError } from "../../base/errors.js";
import { fileLabel, withoutFolders } from "../../base/files/name.js";
import { refuseOthers } from "../../base/files/open-file.js";

/** The file's own database. Values go in as parameters, never as words of SQL. */
export class Database {
  private constructor(
    private readonly file: string,
    private readonly instance: DuckDBInstance,
    private readonly connection: DuckDBConnection,
  ) {}

  /** Opens or makes the file, for this user only. Nothing is downloaded and no other file is read. */
  static async open(file: string): Promise<Database> {
    // Loaded here, so that who needs no index does not load 70 MB.
    const { DuckDBInstance } = await import("@duckdb/node-api");
    await checkPlace(file);
    try {
      const instance = await DuckDBInstance.create(file, {
        autoinstall_known_extensions: "false",
        autoload_known_extensions: "false",
        threads: "2",
      });
      const connection = await instance.connect();
      await connection.run("SET enable_external_access = false");
      const database = new Database(file, instance, connection);
      await database.keepPrivate();
      return database;
    } catch (error) {
      const cause = causeOf(error, file);
      if (/not a valid DuckDB/i.test(cause.message)) throw noIndex(cause);
      throw unusable("The index cannot be opened", cause);
    }
  }

  async run(sql: string, values: readonly (string | number)[] = []): Promise<void> {
    await this.rows(sql, values);
  }

  async rows(sql: string, values: readonly (string | number)[] = []): Promise<Record<string, unknown>[]> {
    try {
      const reader = await this.connection.runAndReadAll(sql, [...values]);
      return reader.getRowObjectsJS();
    } catch (error) {
      throw unusable("The index cannot be read or written", causeOf(error, this.file));
    }
  }

  /** Rows of text into a table. Making text of long vectors takes time, so the event loop gets its turn. */
  async append<T>(
    table: string,
    items: readonly T[],
    toTexts: (item: T) => readonly string[],
  ): Promise<void> {
    try {
      const appender = await this.connection.createAppender(table);
      const breather = new Breather();
      for (const item of items) {
        for (const value of toTexts(item)) appender.appendVarchar(value);
        appender.endRow();
        if (!breather.isDue()) continue;
        appender.flushSync();
        await breather.breathe();
      }
      appender.closeSync();
    } catch (error) {
      throw unusable("The index cannot be read or written", causeOf(error, this.file));
    }
  }

  /**
   * For this user only. By name: opening and closing the file here would drop the lock that the database holds on it.
   */
  async keepPrivate(): Promise<void> {
    await chmod(this.file, 0o600);
    await chmod(`${this.file}.wal`, 0o600).catch(() => undefined);
  }

  close(): void {
    this.connection.closeSync();
    this.instance.closeSync();
  }
}

/** An empty path would be a database in memory, and so would ":memory:". */
async function checkPlace(file: string): Promise<void> {
  const found = await stat(file).catch(() => undefined);
  if (found) refuseOthers(found, fileLabel(file));
  try {
    const folder = await opendir(path.dirname(file));
    await folder.close();
  } catch (cause) {
    const reason = (cause as NodeJS.ErrnoException).code;
    throw new MedGemmaError("file_not_found", `The folder of the index cannot be opened (${reason}).`, {
      facts: { file: fileLabel(file), reason },
    });
  }
}

/** DuckDB's words, which name files by their paths. */
function causeOf(error: unknown, file: string): Error {
  return new Error(withoutFolders(error instanceof Error ? error.message : String(error), [file]));
}

export function noIndex(cause?: Error): MedGemmaError {
  return new MedGemmaError("index_unusable", "The file is no index of this package.", {
    facts: { locked: false },
    remedy:
      "Name an index that ImageIndex or `medgemma embed --index` has made, or a file that is not there yet.",
    cause,
  });
}

export function unusable(what: string, cause?: Error): MedGemmaError {
  const locked = /lock/i.test(cause?.message ?? "");
  const reason = locked ? ": another process holds it" : "";
  return new MedGemmaError("index_unusable", `${what}${reason}.`, { facts: { locked }, cause });
}
