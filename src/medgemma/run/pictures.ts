import { stat } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import { types } from "node:util";
import { allOrStop } from "../../base/abort.js";
import { MedGemmaError } from "../../base/errors.js";
import { aboutFile } from "../../base/files/about-file.js";
import { fileLabel } from "../../base/files/name.js";
import { given } from "../../base/options.js";
import {
  type DicomFacts,
  isStudy,
  type StudyInput,
  type StudyPictures,
  toModelPictures,
} from "../../dicom/index.js";
import type { Engine, EngineInfo } from "../../engine/engine.js";
import { checkFewest } from "../../engine/parts.js";
import { type Fit, fitImage } from "../../image/fit.js";
import type { ImageInput } from "../../image/input.js";
import { DEFAULT_LIMITS } from "../../image/limits.js";
import { heldBytes, readPicture } from "../../image/read-picture.js";
import type { RgbImage } from "../../image/rgb.js";
import type { ContentPart } from "../../prompt/message.js";
import type { AskOptions } from "./ask-options.js";
import type { ModelProfile, ModelVersion } from "./model-profile.js";

/** A turn's content with its pictures decoded, and what there is to say about them. */
export interface DecodedContent {
  readonly content: readonly ContentPart<RgbImage>[];
  readonly studies: readonly StudyNote[];
}

/** What was read of a DICOM file, a series, a volume or a slide; no identity. */
export interface StudyNote {
  readonly rule: string;
  /** What was taken and what was left out, in words. */
  readonly took: string;
  readonly facts: DicomFacts;
  readonly warnings: readonly string[];
}

/**
 * Decodes the pictures of a turn, side by side. A DICOM file becomes its picture, a folder or a volume its slices with
 * "SLICE n" after each; DICOM files that follow each other are one study, as scanners write a file for every slice. Pictures
 * that are not square are padded where the model was trained so, unless `fit` says otherwise.
 * @param profile With the engine, if all pictures go into one prompt: more than it has room for are refused.
 */
export async function readContent(
  content: readonly ContentPart<ImageInput>[],
  profile: Pick<ModelProfile, "version" | "fit"> & { readonly engine?: Engine },
  options: AskOptions,
): Promise<DecodedContent> {
  const groups = await groupStudies(await inMemory(content, options));
  if (profile.engine) checkCount(groups, profile.engine.info);
  const { fit = profile.fit } = options;
  const held = new HeldPictures(options);
  const decoded = await allOrStop(groups, options.signal, async (group, signal): Promise<DecodedContent> => {
    try {
      const read = await readGroup(group, profile, { ...options, fit, signal });
      // Studies have their own bound.
      if (group.type !== "study") held.add(read);
      return read;
    } catch (error) {
      throw several(content) ? withPicture(error, group.picture) : error;
    }
  });
  return {
    content: decoded.flatMap((each) => each.content),
    studies: decoded.flatMap((each) => each.studies),
  };
}

/**
 * A picture of any size takes as many tokens, and a study is one picture at least: thousands of tiny ones are refused before
 * the first is decoded.
 */
function checkCount(groups: readonly Group[], { kind, projector, contextSize }: EngineInfo): void {
  if (kind === "remote" || projector === undefined) return;
  const pictures = groups.filter((group) => group.type === "study" || isImage(group.part)).length;
  checkFewest("The pictures", pictures * projector.imageTokens, contextSize);
}

/** The pictures of a call are held together until the engine has taken them. */
class HeldPictures {
  #bytes = 0;
  readonly #limit: number;

  constructor({ limits }: AskOptions) {
    this.#limit = limits?.maxMemory ?? DEFAULT_LIMITS.maxMemory;
  }

  /** @throws MedGemmaError `image_too_large`. */
  add({ content }: DecodedContent): void {
    for (const part of content) if (part.type === "image") this.#bytes += part.image.data.byteLength;
    if (this.#bytes <= this.#limit) return;
    throw new MedGemmaError(
      "image_too_large",
      `The pictures of one call take more than ${Math.round(this.#limit / 1e6)} MB when decoded.`,
      {
        facts: { memory: this.#bytes, limit: this.#limit },
        remedy: "Ask about fewer at once, make them smaller, or raise `limits.maxMemory`.",
      },
    );
  }
}

/** Of a Blob, a stream, a data URL or base64 only the bytes tell whether it is a picture or a study. */
function inMemory(
  content: readonly ContentPart<ImageInput>[],
  { limits, study, signal }: AskOptions,
): Promise<ContentPart<ImageInput>[]> {
  const maxBytes = Math.max(limits?.maxBytes ?? DEFAULT_LIMITS.maxBytes, study?.limits?.maxBytes ?? 0);
  return Promise.all(
    content.map(async (part, index) => {
      if (part.type === "text") return part;
      try {
        const bytes = await heldBytes(part.image, { ...limits, maxBytes }, signal);
        return bytes ? { ...part, image: bytes } : part;
      } catch (error) {
        throw several(content) ? withPicture(error, content.slice(0, index).filter(isImage).length) : error;
      }
    }),
  );
}

async function readGroup(
  group: Group,
  { version }: Pick<ModelProfile, "version">,
  options: AskOptions & { readonly fit: Fit },
): Promise<DecodedContent> {
  if (group.type === "study") return readStudy(group.inputs, version, options);
  if (group.part.type === "text") return { content: [group.part], studies: [] };
  const { fit, limits, signal } = options;
  const { image: input } = group.part;
  const reading = { ...(limits && { limits }), ...(signal && { signal }) };
  const image = await readPicture(input, reading)
    .then((whole) => fitImage(whole, fit, reading))
    .catch((error: unknown) => {
      throw named(error, input);
    });
  return { content: [{ type: "image", image }], studies: [] };
}

const isImage = ({ type }: ContentPart<ImageInput>) => type === "image";
const several = (content: readonly ContentPart<ImageInput>[]) => content.filter(isImage).length > 1;

/** Of a study, its first file. */
function withPicture(error: unknown, picture: number): unknown {
  if (!MedGemmaError.isInstance(error) || error.code === "aborted") return error;
  return error.with({ facts: { picture } });
}

/** Says which picture it was, by the name of its file. */
function named(error: unknown, image: ImageInput): unknown {
  const file = toPathOrBytes(image);
  // What the caller stopped is no file's fault.
  if (!MedGemmaError.isInstance(error) || error.code === "aborted" || typeof file !== "string") return error;
  return aboutFile(error, fileLabel(file));
}

/** `picture` counts the pictures before it. */
type Group = { readonly picture: number } & (
  | { readonly type: "plain"; readonly part: ContentPart<ImageInput> }
  | { readonly type: "study"; readonly inputs: StudySource[] }
);
type StudySource = string | Uint8Array;

async function groupStudies(content: readonly ContentPart<ImageInput>[]): Promise<Group[]> {
  const sources = await Promise.all(
    content.map((part) => (part.type === "image" ? studySource(part.image) : undefined)),
  );
  const groups: Group[] = [];
  let picture = 0;
  for (const [index, part] of content.entries()) {
    const source = sources[index];
    const last = groups.at(-1);
    if (source === undefined) groups.push({ type: "plain", part, picture });
    else if (last?.type === "study") last.inputs.push(source);
    else groups.push({ type: "study", inputs: [source], picture });
    if (part.type === "image") picture++;
  }
  return groups;
}

/** The path or the bytes of what the DICOM reader takes; undefined for a plain picture. */
async function studySource(image: ImageInput): Promise<StudySource | undefined> {
  const source = toPathOrBytes(image);
  if (source === undefined) return undefined;
  if (typeof source === "string" && (await isFolder(source))) return source;
  // A file that cannot be opened is the picture reader's to report.
  return (await isStudy(source).catch(() => false)) ? source : undefined;
}

function toPathOrBytes(image: ImageInput): StudySource | undefined {
  if (image instanceof URL) return image.protocol === "file:" ? pathOf(image) : undefined;
  if (typeof image === "string") {
    if (/^file:/i.test(image)) return pathOf(image);
    return /^(data|https?):/i.test(image) ? undefined : image;
  }
  if (types.isAnyArrayBuffer(image)) return new Uint8Array(image);
  return types.isUint8Array(image) ? image : undefined;
}

/** Undefined for an address that names no file here; the picture reader says what is wrong with it. */
function pathOf(url: string | URL): string | undefined {
  try {
    return fileURLToPath(url);
  } catch {
    return undefined;
  }
}

async function isFolder(path: string): Promise<boolean> {
  return stat(path).then(
    (info) => info.isDirectory(),
    () => false,
  );
}

async function readStudy(
  inputs: StudySource[],
  version: ModelVersion,
  options: AskOptions & { readonly fit: Fit },
): Promise<DecodedContent> {
  const [only] = inputs;
  const input = (inputs.length === 1 ? only : inputs) as StudyInput;
  const { study, signal, fit } = options;
  const read = await toModelPictures(input, {
    model: version,
    ...given(study ?? {}),
    ...(signal && { signal }),
  });
  const content: ContentPart<RgbImage>[] = [];
  for (const part of read.parts) {
    if (part.type === "text") content.push(part);
    else content.push({ type: "image", image: await fitImage(part.picture, fit, signal && { signal }) });
  }
  return { content, studies: [toNote(read)] };
}

function toNote({ rule, took, facts, warnings }: StudyPictures): StudyNote {
  return { rule, took, facts, warnings };
}
