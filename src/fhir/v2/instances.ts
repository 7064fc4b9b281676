import type { Json } from "../elements/values.js";

/** OBX-11, table 0085: the statuses of what takes the place of a value sent before. */
const CORRECTING: ReadonlySet<string> = new Set(["C", "A", "D", "W"]);

/** What tells one result from another. */
export interface ResultKey {
  /** The order's number; empty where the messages give none. */
  readonly order: string;
  /** Whose, of which test and when. */
  readonly test: string;
  /** OBX-11. */
  readonly status: string;
}

/**
 * Gives what messages say of one thing one id, and each message a place in time, so that of a result and its correction
 * only the newest is told (see versions.ts).
 */
export class Instances {
  readonly #ids = new Map<string, string[]>();
  /** Results of the group of OBX at hand, by their tests: a panel may have several of one test. */
  #group = new Map<string, number>();
  #count = 0;
  #versions = 0;
  #sent: string | undefined;

  /** @param sent When the message was written. */
  beginMessage(sent: string | undefined): void {
    this.#sent = sent;
    this.beginGroup();
  }

  beginGroup(): void {
    this.#group = new Map();
  }

  /** @param key Of the thing, with its kind; empty where nothing tells it from others. */
  thing(key: string): Json {
    if (key === "") return {};
    return this.#marked(this.#idAt(this.#idsOf(key), 0));
  }

  /** A correction takes the place of the last one of its test; of one order so does each later message. */
  result({ order, test, status }: ResultKey): Json {
    const key = `result ${order} ${test}`;
    const ids = this.#idsOf(key);
    const before = this.#group.get(key) ?? 0;
    const corrects = CORRECTING.has(status);
    if (corrects && before > 0) return this.#marked(ids[before - 1] as string);
    this.#group.set(key, before + 1);
    if (order === "") {
      if (corrects && ids.length > 0) return this.#marked(ids.at(-1) as string);
      ids.splice(before, 0, this.#newId());
    }
    return this.#marked(this.#idAt(ids, before));
  }

  #idsOf(key: string): string[] {
    const known = this.#ids.get(key) ?? [];
    this.#ids.set(key, known);
    return known;
  }

  #idAt(ids: string[], index: number): string {
    const id = ids[index] ?? this.#newId();
    ids[index] = id;
    return id;
  }

  #newId(): string {
    return `v2-${++this.#count}`;
  }

  #marked(id: string): Json {
    return { id, meta: { lastUpdated: this.#sent, versionId: String(++this.#versions) } };
  }
}
