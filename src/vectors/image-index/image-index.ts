import { badOption, MedGemmaError, throwIfAborted } from "../../base/errors.js";
import { checkNames, checkSignal, integerOption, objectOption } from "../../base/options.js";
import { checkSpace, checkVector, type EmbeddingSpace, type VectorInput } from "../space.js";
import { Database, noIndex, unusable } from "./database.js";
import {
  checkDirection,
  checkId,
  checkMetadata,
  type IndexEntry,
  type Metadata,
  type MetadataValue,
  type Row,
  toRow,
  vectorText,
} from "./rows.js";

export interface SearchOptions {
  /** Cases to find at most, 1..10000. Defaults to `10`. */
  k?: number | undefined;
  /** Only cases whose metadata has these values; a list allows any of its values. Defaults to all. */
  filter?: Readonly<Record<string, MetadataValue | readonly MetadataValue[]>> | undefined;
  /** Takes effect before and after the search. */
  signal?: AbortSignal | undefined;
}

export interface SearchHit {
  readonly id: string;
  /** Cosine of the angle between the vectors: 1 is the same direction, 0 has nothing in common. */
  readonly similarity: number;
  readonly metadata: Metadata;
}

const FORMAT = "medgemma-image-index";
const VERSION = 1;

/**
 * Similar cases on disk: vectors of {@link MedGemma.embed} with metadata, in one DuckDB file. The search compares with
 * every vector, so it misses nothing; 10 000 vectors take some 0.1 s, off the event loop. Each `add` is one transaction:
 * after a crash it is there as a whole or not at all. Embeddings tell much of their pictures: treat the file as patient
 * data (it is made for this user only).
 *
 * @example
 * await using index = await ImageIndex.open("cases.duckdb");
 * await index.add({ id: "case-7", vector: await model.embed("chest.png"), metadata: { year: 2024 } });
 * const hits = await index.search(await model.embed("new.png"), { k: 5, filter: { year: 2024 } });
 */
export class ImageIndex implements AsyncDisposable {
  readonly #database: Database;
  #space: EmbeddingSpace | undefined;
  #width: number | undefined;
  /** Writes go one after the other. */
  #last: Promise<unknown> = Promise.resolve();
  #closed = false;
  #closing: Promise<void> | undefined;

  private constructor(database: Database, width: number | undefined, space: EmbeddingSpace | undefined) {
    this.#database = database;
    this.#width = width;
    this.#space = space;
  }

  /**
   * Opens an index, or makes an empty one. One process at a time may hold a file.
   * @throws MedGemmaError `bad_option`, `file_not_found` (of the folder), `index_unusable`.
   */
  static async open(file: string): Promise<ImageIndex> {
    if (typeof file !== "string" || file === "" || file.startsWith(":"))
      throw badOption("file", "a path", file);
    const database = await Database.open(file);
    try {
      return await ImageIndex.#read(database);
    } catch (error) {
      database.close();
      throw error;
    }
  }

  static async #read(database: Database): Promise<ImageIndex> {
    // A database of someone else's is left as it is.
    const [others] = await database.rows(
      "SELECT count(*)::INTEGER AS tables, (count(*) FILTER (table_name = 'facts'))::INTEGER AS facts FROM information_schema.tables",
    );
    if (Number(others?.tables) > 0 && Number(others?.facts) === 0) throw noIndex();
    await database.run("CREATE TABLE IF NOT EXISTS facts (name VARCHAR PRIMARY KEY, value VARCHAR NOT NULL)");
    const rows = await database.rows("SELECT name, value FROM facts");
    const facts = new Map(rows.map(({ name, value }) => [String(name), String(value)]));
    if (facts.size === 0) {
      await database.run("INSERT INTO facts VALUES ('format', $1), ('version', $2)", [
        FORMAT,
        String(VERSION),
      ]);
      return new ImageIndex(database, undefined, undefined);
    }
    if (facts.get("format") !== FORMAT) throw noIndex();
    if (facts.get("version") !== String(VERSION)) throw unusable("The index is of another version");
    const [width, space] = [facts.get("width"), facts.get("space")];
    return new ImageIndex(
      database,
      width === undefined ? undefined : Number(width),
      space === undefined ? undefined : (JSON.parse(space) as EmbeddingSpace),
    );
  }

  /** Where its vectors come from; undefined while it is empty, or when they did not say. */
  get space(): EmbeddingSpace | undefined {
    return this.#space;
  }

  /**
   * Adds cases or replaces those of the same id: all, or on any error none.
   * @throws MedGemmaError `bad_option`, `space_mismatch`, `index_unusable`.
   */
  async add(entries: IndexEntry | readonly IndexEntry[]): Promise<void> {
    const list = Array.isArray(entries) ? (entries as readonly IndexEntry[]) : [entries as IndexEntry];
    const rows = [...new Map(list.map((entry) => [entry?.id, toRow(entry)])).values()];
    if (rows.length > 0) await this.#write(() => this.#add(rows));
  }

  /** How many of the ids were there. */
  async remove(ids: string | readonly string[]): Promise<number> {
    const list = typeof ids === "string" ? [ids] : [...ids];
    for (const id of list) checkId(id);
    return this.#write(async () => {
      if (this.#width === undefined || list.length === 0) return 0;
      const gone = await this.#database.rows(
        "DELETE FROM cases WHERE id IN (SELECT unnest(from_json($1::JSON, '[\"VARCHAR\"]'))) RETURNING id",
        [JSON.stringify(list)],
      );
      return gone.length;
    });
  }

  /**
   * The most similar cases, most similar first; equal ones by id.
   * @throws MedGemmaError `bad_option`, `space_mismatch`, `index_unusable`, `aborted`.
   */
  async search(vector: VectorInput, options: SearchOptions = {}): Promise<SearchHit[]> {
    checkNames("search", options, ["k", "filter", "signal"]);
    checkSignal(options.signal);
    throwIfAborted(options.signal);
    const k = integerOption("k", options.k, 10, 1, 10_000);
    const { values, space } = checkVector(vector);
    checkDirection(values);
    const { condition, parameters } = toCondition(options.filter ?? {});
    await this.#last;
    this.#check(values.length, space);
    if (this.#width === undefined) return [];
    const type = `FLOAT[${this.#width}]`;
    const rows = await this.#database.rows(
      `SELECT id, metadata, array_cosine_similarity(vector, $1::VARCHAR::${type}) AS similarity
       FROM cases ${condition} ORDER BY similarity DESC NULLS LAST, id LIMIT ${k}`,
      [vectorText(values), ...parameters],
    );
    throwIfAborted(options.signal);
    return rows.map(({ id, metadata, similarity }) => ({
      id: String(id),
      // NaN where a vector of an older index is all zeros.
      similarity: Number.isFinite(similarity) ? Number(similarity) : 0,
      metadata: JSON.parse(String(metadata)) as Metadata,
    }));
  }

  /** Number of cases. */
  async count(): Promise<number> {
    await this.#last;
    this.#checkOpen();
    if (this.#width === undefined) return 0;
    const [row] = await this.#database.rows("SELECT count(*)::INTEGER AS count FROM cases");
    return Number(row?.count ?? 0);
  }

  /** Writes everything into the one file; an `add` that has returned is safe without it. */
  save(): Promise<void> {
    return this.#write(() => this.#database.run("CHECKPOINT"));
  }

  /** Saves and frees the file. Idempotent. */
  close(): Promise<void> {
    this.#closing ??= this.#close();
    return this.#closing;
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }

  async #close(): Promise<void> {
    try {
      await this.save();
    } finally {
      // What cannot be saved into the one file lies beside it, and the next to open it finds it there.
      this.#closed = true;
      this.#database.close();
    }
  }

  async #add(rows: readonly Row[]): Promise<void> {
    const [first] = rows;
    if (first === undefined) return;
    const width = this.#width ?? first.vector.length;
    const space = this.#space ?? rows.find((row) => row.space !== undefined)?.space;
    for (const row of rows) {
      checkSpace("the index", space, row.space);
      if (row.vector.length !== width) {
        throw badOption("vector", `${width} numbers, as in the index,`, row.vector.length);
      }
    }
    await this.#database.run("BEGIN");
    try {
      await this.#prepare(width, space);
      await this.#database.run(
        "CREATE OR REPLACE TEMP TABLE incoming (id VARCHAR, metadata VARCHAR, vector VARCHAR)",
      );
      await this.#database.append("incoming", rows, ({ id, metadata, vector }) => [
        id,
        metadata,
        vectorText(vector),
      ]);
      await this.#database.run(
        `INSERT OR REPLACE INTO cases SELECT id, metadata, vector::FLOAT[${width}] FROM incoming`,
      );
      await this.#database.run("DROP TABLE incoming");
      await this.#database.run("COMMIT");
    } catch (error) {
      await this.#database.run("ROLLBACK").catch(() => undefined);
      throw error;
    }
    [this.#width, this.#space] = [width, space];
  }

  async #prepare(width: number, space: EmbeddingSpace | undefined): Promise<void> {
    await this.#database.run(
      `CREATE TABLE IF NOT EXISTS cases (id VARCHAR PRIMARY KEY, metadata VARCHAR NOT NULL, vector FLOAT[${width}] NOT NULL)`,
    );
    const insert = "INSERT OR IGNORE INTO facts VALUES ($1, $2)";
    await this.#database.run(insert, ["width", String(width)]);
    if (space !== undefined) await this.#database.run(insert, ["space", JSON.stringify(space)]);
  }

  #check(width: number, space: EmbeddingSpace | undefined): void {
    this.#checkOpen();
    checkSpace("the index", this.#space, space);
    if (this.#width !== undefined && width !== this.#width) {
      throw badOption("vector", `${this.#width} numbers, as in the index,`, width);
    }
  }

  #checkOpen(): void {
    if (!this.#closed) return;
    throw new MedGemmaError("index_unusable", "The index is closed.", { remedy: "Open it again." });
  }

  #write<T>(work: () => Promise<T>): Promise<T> {
    const next = this.#last.then(async () => {
      this.#checkOpen();
      const result = await work();
      await this.#database.keepPrivate();
      return result;
    });
    this.#last = next.catch(() => undefined);
    return next;
  }
}

/** Names and values are parameters: `$2` on, after the vector. */
function toCondition(filter: NonNullable<SearchOptions["filter"]>): {
  readonly condition: string;
  readonly parameters: readonly string[];
} {
  objectOption("filter", filter);
  const parameters: string[] = [];
  const clauses = Object.entries(filter).map(([name, wanted]) => {
    const values = Array.isArray(wanted) ? (wanted as readonly MetadataValue[]) : [wanted as MetadataValue];
    checkMetadata("filter", Object.fromEntries(values.map((value, index) => [index, value])));
    // Compared as JSON, so that 1 is not "1". A JSON pointer takes any name.
    parameters.push(`/${name.replaceAll("~", "~0").replaceAll("/", "~1")}`);
    const pointer = parameters.length + 1;
    parameters.push(JSON.stringify(values.map((value) => JSON.stringify(value))));
    return `json_extract(metadata, $${pointer}::VARCHAR)::VARCHAR IN (SELECT unnest(from_json($${pointer + 1}::JSON, '["VARCHAR"]')))`;
  });
  return { condition: clauses.length === 0 ? "" : `WHERE ${clauses.join(" AND ")}`, parameters };
}
