import { rename, rm, stat } from "node:fs/promises";
import path from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { MedGemmaError, throwIfAborted } from "../../base/errors.js";
import { writeBeside } from "../../base/files/beside.js";
import { parseBounded, SMALL_JSON } from "../../base/files/bounded-json.js";
import { readTextFile } from "../../base/files/read-text.js";
import { makeFolder } from "../../machine/folder.js";
import { type Claim, waitForClaim } from "./claim.js";
import { requireRoom as requireRoomFor } from "./disk-space.js";
import { failed, Interruption, MUCH, unreachable } from "./hub-request.js";
import { refuseLinks } from "./models-folder.js";
import { PartFile } from "./part-file.js";
import { type Transferred, transfer } from "./transfer.js";

export interface DownloadOptions {
  /** Where the file is, in order: the next is tried when one does not have it. */
  readonly urls: readonly URL[];
  /** Its final path here. It exists only when the file is whole and verified. */
  readonly target: string;
  /** The folder for models, above it: below that no symbolic link is followed. */
  readonly folder: string;
  readonly bytes: number | undefined;
  readonly sha256: string | undefined;
  readonly token: string | undefined;
  /** Looks at a whole file that no hash is known for, before it gets its name; what it throws keeps the file aside. */
  readonly checkUnknown?: ((file: string) => Promise<unknown>) | undefined;
  readonly signal: AbortSignal | undefined;
  /** Bytes that are here, and of how many if that is known. */
  readonly onBytes: (bytes: number, total: number | undefined) => void;
  /** Milliseconds without a byte after which a connection is given up. Defaults to 60,000. */
  readonly idle?: number | undefined;
  /** Milliseconds before the second attempt without progress, doubled for each further one. Defaults to 1,000. */
  readonly pause?: number | undefined;
  /** A larger file comes in pieces of so many bytes over several connections. Defaults to 32 MiB. */
  readonly pieceBytes?: number | undefined;
}

/** Stands beside a downloaded file as FILE.json. */
export interface DownloadRecord {
  readonly sha256: string;
  readonly bytes: number;
  /** Whose hash it was compared with. */
  readonly verifiedBy: "catalogue" | "hub" | "nobody";
  readonly downloadedAt: string;
}

/** Attempts in a row that brought nothing new. */
const ATTEMPTS = 6;
const LONGEST_PAUSE = 30_000;
/** What the pause is divided by before the one other try of a hub that is not there. */
const QUICK = 4;

export const partOf = (target: string): string => `${target}.part`;
export const recordOf = (target: string): string => `${target}.json`;
export const rejectedOf = (target: string): string => `${target}.rejected`;
const etagOf = (target: string): string => `${target}.etag`;

/**
 * Fetches a file to its final path: continues what was begun, verifies while it writes, and gives it its name last.
 * Another process that fetches the same is waited for.
 * @throws MedGemmaError `access_denied`, `download_failed`, `hash_mismatch`, `disk_full`, `models_folder`, `aborted`.
 */
export async function download(options: DownloadOptions): Promise<void> {
  const { target, signal, onBytes, bytes } = options;
  throwIfAborted(signal);
  try {
    await refuseLinks(options.folder, path.dirname(target));
    await makeFolder(path.dirname(target));
    const claim = await waitForClaim(target, signal, async () => {
      throwIfAborted(signal);
      const size = await fileSize(partOf(target));
      if (size !== undefined) onBytes(size, bytes);
    });
    try {
      // Whoever was waited for may have brought it.
      if ((await fileSize(target)) === undefined) await fetchWhole(options, claim);
    } finally {
      await claim.release();
    }
  } catch (error) {
    throwIfAborted(signal);
    throw error;
  }
}

export async function fileSize(file: string): Promise<number | undefined> {
  return stat(file).then(
    ({ size }) => size,
    () => undefined,
  );
}

async function fetchWhole(options: DownloadOptions, claim: Claim): Promise<void> {
  const { target, signal, onBytes, bytes } = options;
  const part = await PartFile.open(partOf(target), signal, (done) => onBytes(done, bytes));
  let outcome: Transferred = { hubSha256: undefined, tooLong: false };
  let verdict: { actual: string; expected: string | undefined };
  try {
    if (part.bytes > (bytes ?? Infinity) || !(await canContinue(options))) await part.restart();
    if (bytes === undefined || part.bytes < bytes) outcome = await insist(part, options, claim);
    await part.sync();
    const actual = part.sha256;
    verdict = { actual, expected: options.sha256 ?? outcome.hubSha256 };
    await writeRecord(target, {
      sha256: actual,
      bytes: part.bytes,
      verifiedBy: options.sha256 !== undefined ? "catalogue" : outcome.hubSha256 ? "hub" : "nobody",
      downloadedAt: new Date().toISOString(),
    });
  } finally {
    await part.close();
  }
  if (!(await claim.held()))
    throw failed(path.basename(target), "another process took it over", { reason: "taken_over" });
  await rm(etagOf(target), { force: true });
  if (outcome.tooLong || (verdict.expected ?? verdict.actual) !== verdict.actual)
    throw await reject(options, outcome, verdict);
  if (verdict.expected === undefined) await check(options);
  await rename(partOf(target), target);
}

/** The path that a checker sees is the part's; the error is about the file. */
async function check({ target, checkUnknown }: DownloadOptions): Promise<void> {
  try {
    await checkUnknown?.(partOf(target));
  } catch (error) {
    await rm(recordOf(target), { force: true });
    await rename(partOf(target), rejectedOf(target));
    if (!MedGemmaError.isInstance(error)) throw error;
    const file = path.basename(target);
    const message = `What came as ${file} is no whole model file. It was kept aside as ${file}.rejected.`;
    throw new MedGemmaError(error.code, message, {
      facts: { ...error.facts, file },
      cause: error,
      remedy: `Look into ${file}.rejected: it may be a page of the hub's. Check the address, then try again.`,
    });
  }
}

/** Where no hash will tell whether two halves belong together, the server must. */
async function canContinue({ target, sha256 }: DownloadOptions): Promise<boolean> {
  return sha256 !== undefined || (await readEtag(target)) !== undefined;
}

/**
 * Attempts until the file is whole. Bytes that were never here before make the count begin anew, so that a link that is
 * cut every minute still ends, and a server that promises more than it has does too.
 */
async function insist(part: PartFile, options: DownloadOptions, claim: Claim): Promise<Transferred> {
  const { target, signal, pause = 1_000, idle = 60_000, pieceBytes = 1 << 25 } = options;
  const file = path.basename(target);
  let [source, barren, furthest] = [0, 0, part.bytes];
  const start = part.bytes;
  for (;;) {
    throwIfAborted(signal);
    const url = options.urls[source];
    if (url === undefined) throw failed(file, "nobody has it", { reason: "not_found" });
    try {
      // With a hash the halves may even come from different mirrors, whose tags differ.
      const blind = options.sha256 === undefined;
      const etag = blind ? await readEtag(target) : undefined;
      const onEtag = async (tag: string | undefined) => {
        if (blind) await writeEtag(target, tag);
      };
      const requireRoom = (needed: number) => requireRoomFor(path.dirname(target), needed);
      return await transfer(part, {
        ...options,
        url,
        file,
        etag,
        claim,
        idle,
        pieceBytes,
        requireRoom,
        onEtag,
      });
    } catch (error) {
      throwIfAborted(signal);
      const gone = MedGemmaError.isInstance(error) && error.facts.reason === "not_found";
      if (gone && source + 1 < options.urls.length) {
        source++;
        continue;
      }
      if (!(error instanceof Interruption)) throw error;
      const gained = part.bytes - furthest;
      furthest = Math.max(furthest, part.bytes);
      barren = gained > 0 ? 0 : barren + 1;
      // A hub that was never there is told at once; one that was may come back.
      const { retries } = furthest > start ? { retries: undefined } : error;
      if (retries !== undefined && barren > retries) throw unreachable(file, error);
      if (barren >= ATTEMPTS) {
        const { reason } = error;
        throw failed(file, `${reason}, ${ATTEMPTS} times in a row`, { reason }, { cause: error });
      }
      const first = retries === undefined ? pause : pause / QUICK;
      const wait =
        error.retryAfter ??
        (gained >= MUCH ? 0 : Math.min(first * 2 ** Math.max(0, barren - 1), LONGEST_PAUSE));
      await sleep(wait, undefined, signal ? { signal } : {});
    }
  }
}

/** Keeps the wrong file aside, where nothing uses it, for whoever wants to know what it was. */
async function reject(
  { target, bytes, sha256 }: DownloadOptions,
  { tooLong }: Transferred,
  { actual, expected }: { actual: string; expected: string | undefined },
): Promise<MedGemmaError> {
  const file = path.basename(target);
  await rm(recordOf(target), { force: true });
  const kept = (await fileSize(partOf(target))) ? path.basename(rejectedOf(target)) : undefined;
  if (kept !== undefined) await rename(partOf(target), rejectedOf(target));
  else await rm(partOf(target), { force: true });
  const aside = kept === undefined ? "Nothing of it was kept" : `It was kept aside as ${kept}`;
  const by = sha256 === undefined ? "the hub" : "the catalogue";
  const what = tooLong ? "it is longer" : `its sha256 is not the one that ${by} names`;
  return new MedGemmaError(
    "hash_mismatch",
    `${file} is not the file that was asked for: ${what}. ${aside}.`,
    {
      facts: { file, ...(tooLong ? { bytes } : { expected, actual }), kept },
    },
  );
}

async function writeRecord(target: string, record: DownloadRecord): Promise<void> {
  await writeBeside(recordOf(target), `${JSON.stringify(record, null, 2)}\n`);
}

export async function readRecord(target: string): Promise<DownloadRecord | undefined> {
  const text = await readTextFile(recordOf(target)).catch(() => undefined);
  try {
    return text === undefined ? undefined : (parseBounded(text, SMALL_JSON) as DownloadRecord);
  } catch {
    return undefined;
  }
}

async function writeEtag(target: string, etag: string | undefined): Promise<void> {
  if (etag !== undefined) await writeBeside(etagOf(target), etag);
  else await rm(etagOf(target), { force: true });
}

async function readEtag(target: string): Promise<string | undefined> {
  const text = await readTextFile(etagOf(target)).catch(() => "");
  return /^"[^"\r\n]*"$/.test(text) ? text : undefined;
}
