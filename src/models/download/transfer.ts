import { MedGemmaError } from "../../base/errors.js";
import type { Claim } from "./claim.js";
import {
  failed,
  type HubResponse,
  Interruption,
  lengthOf,
  rangeOf,
  requestFile,
  sizeBeyond,
  strongEtag,
} from "./hub-request.js";
import { IdleSignal } from "./idle-signal.js";
import type { PartFile } from "./part-file.js";
import { readInPieces } from "./pieces.js";

export interface TransferOptions {
  readonly url: URL;
  readonly file: string;
  readonly token: string | undefined;
  /** The file's exact size and hash, when known. */
  readonly bytes: number | undefined;
  readonly sha256: string | undefined;
  /** Of which state of the file the part is, when known. */
  readonly etag: string | undefined;
  readonly claim: Claim;
  /** @throws MedGemmaError `disk_full` when so many bytes do not fit. */
  readonly requireRoom: (bytes: number) => Promise<void>;
  readonly signal: AbortSignal | undefined;
  /** Milliseconds without a byte after which a connection is given up. */
  readonly idle: number;
  /** Bytes of a piece, where the file comes in several. */
  readonly pieceBytes: number;
  readonly onBytes: (bytes: number, total: number | undefined) => void;
  /** Called with the strong tag, if there is one, before the first byte of a file's new state is written. */
  readonly onEtag: (etag: string | undefined) => Promise<void>;
}

/** Bytes. No model of this package has more: MedGemma 27B in F32 has 108 GB. */
const LARGEST = 200e9;
/** Of a file of unknown size: how often the disk is looked at, and what stays free on it. */
const CHECKED = 64 << 20;
const RESERVE = 256 << 20;

/** What the server said the file is. */
export interface Transferred {
  readonly hubSha256: string | undefined;
  /** More bytes came than the file has. */
  readonly tooLong: boolean;
}

/**
 * One attempt that appends to the part until the file is whole: over one connection, or over several where the file is
 * large and the server gives ranges of it.
 * @throws MedGemmaError `hash_mismatch`: the hub says beforehand that it has another file; what is here stays.
 * @throws Interruption when the connection was cut; what came in order stays.
 */
export async function transfer(part: PartFile, options: TransferOptions): Promise<Transferred> {
  const { bytes, claim, onBytes } = options;
  const idle = new IdleSignal(options.idle, options.signal);
  try {
    const { response, hubSha256, hubBytes, piecewise } = await ask(part, options, idle);
    const { total, end } = await begin(part, response, options);
    checkPromise(options, total, hubSha256);
    if (total !== undefined) await options.requireRoom(total - part.bytes);
    const limit = bytes ?? total ?? hubBytes;
    // A range that begins behind the last byte: all is here.
    if (end === part.bytes) return { hubSha256, tooLong: false };
    const chunks =
      piecewise && limit !== undefined
        ? readInPieces({
            ...options,
            etag: options.sha256 === undefined ? strongEtag(response) : undefined,
            from: part.bytes,
            to: limit,
            first: { response, watch: idle },
          })
        : idle.read(response);
    for await (const chunk of chunks) {
      if (!(await claim.held())) throw lost(options.file);
      if (part.bytes + chunk.byteLength > (limit ?? LARGEST)) return { hubSha256, tooLong: true };
      // More than the answer said that it holds belongs to nobody knows where.
      if (!piecewise && part.bytes + chunk.byteLength > end) throw new Interruption("more than the range");
      if (limit === undefined) await requireReserve(part, chunk.byteLength, options);
      await part.append(chunk);
      onBytes(part.bytes, limit);
    }
    if (part.bytes < (limit ?? 0)) throw new Interruption("connection cut");
    return { hubSha256, tooLong: false };
  } catch (error) {
    throw idle.explain(error);
  } finally {
    idle.end();
  }
}

/** Asks for a first piece if there are more; for the rest of the file where the answer cannot be gone on with. */
async function ask(
  part: PartFile,
  options: TransferOptions,
  idle: IdleSignal,
): Promise<HubResponse & { piecewise: boolean }> {
  const { bytes = Infinity, pieceBytes, sha256 } = options;
  const request = { ...options, from: part.bytes, signal: idle.signal };
  if (bytes - part.bytes > 2 * pieceBytes) {
    const answer = await idle.race(requestFile({ ...request, to: part.bytes + pieceBytes }));
    const { status } = answer.response;
    // Pieces of two states of the file must never meet.
    const known = sha256 !== undefined || answer.hubSha256 !== undefined;
    const partly = rangeOf(answer.response) !== undefined;
    if (partly && (known || strongEtag(answer.response) !== undefined)) return { ...answer, piecewise: true };
    if (status === 200 && !partly) return { ...answer, piecewise: false };
    answer.response.body?.cancel().catch(() => undefined);
  }
  return { ...(await idle.race(requestFile(request))), piecewise: false };
}

/**
 * Brings the part to where the answer begins; gives the file's size, if the answer tells it, and where its bytes end in
 * the file.
 */
async function begin(
  part: PartFile,
  response: HubResponse["response"],
  { onEtag }: TransferOptions,
): Promise<{ total: number | undefined; end: number }> {
  const range = rangeOf(response);
  if (range?.from === part.bytes) {
    if (part.bytes === 0) await onEtag(strongEtag(response));
    return { total: range.total, end: range.to };
  }
  const size = sizeBeyond(response);
  if (size !== undefined && size === part.bytes && size > 0) return { total: size, end: size };
  await part.restart();
  // The file has no such place (416), or these are other bytes than were asked for: begin anew.
  if (response.status !== 200 || range) throw new Interruption(`unusable range (HTTP ${response.status})`);
  await onEtag(strongEtag(response));
  const total = lengthOf(response.headers);
  return { total, end: total ?? Infinity };
}

/** A body that nobody has told the length of stops before the disk is full, and leaves nothing behind. */
async function requireReserve(
  part: PartFile,
  coming: number,
  { requireRoom }: TransferOptions,
): Promise<void> {
  const before = Math.floor(part.bytes / CHECKED);
  if (part.bytes > 0 && before === Math.floor((part.bytes + coming) / CHECKED)) return;
  await requireRoom(CHECKED + RESERVE).catch(async (error) => {
    await part.restart();
    throw error;
  });
}

/** Another file is noticed before three gigabytes of it have come. */
function checkPromise(
  { file, bytes, sha256 }: TransferOptions,
  total: number | undefined,
  hubSha256: string | undefined,
): void {
  if (total !== undefined && bytes !== undefined && total !== bytes)
    throw new MedGemmaError("hash_mismatch", `${file} has ${total} bytes on the hub, not ${bytes}.`, {
      facts: { file, bytes, hubBytes: total },
    });
  if (hubSha256 !== undefined && sha256 !== undefined && hubSha256 !== sha256)
    throw new MedGemmaError("hash_mismatch", `${file} is another file on the hub, by its sha256.`, {
      facts: { file, expected: sha256, actual: hubSha256 },
    });
}

function lost(file: string): Error {
  return failed(file, "another process has taken it over while this one slept", { reason: "taken_over" });
}
