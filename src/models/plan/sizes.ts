import type { ModelFacts } from "../gguf/model-facts.js";
import type { ProjectorFacts } from "../gguf/projector.js";

// The arithmetic of native/engine/context.cpp and siglip/forward.cpp, and of llama.cpp's caches, in bytes. Tests hold
// it to what the process takes.

const BATCH = 256;
const DEFAULT_CONTEXT = 8192;
const SPARE = 8;
const SPARE_WHEN_WINDOWED = 4;
/** llama.cpp rounds numbers of cells up to this. */
const CELLS = 256;
/** One layer of so many sees the whole context, the last of each group; the others look through a window. */
const PATTERN = 6;
const F16 = 2;
const F32 = 4;
/** From here the own picture encoder computes in bfloat16. */
const MANY_PATCHES = 1024;
const HIDDEN_ROWS = 1024;
/** Node with the addon and ggml's libraries, measured with Node 20 on Linux x64. */
export const PROCESS_BYTES = 72 * 2 ** 20;
/** While a vocabulary is read, for each word: the file's text, two tables, and what glibc keeps. */
const BYTES_PER_WORD = 200;

export interface ContextShape {
  readonly contextSize: number;
  /** Tokens computed at once. */
  readonly batch: number;
  readonly sequences: number;
  /** Cells of layers that see everything, and of layers with a window. */
  readonly cells: number;
  readonly windowCells: number;
}

const roundUp = (value: number, step: number) => Math.ceil(value / step) * step;

export function contextShape(
  model: ModelFacts,
  projector: ProjectorFacts | undefined,
  contextSize: number | undefined,
  parallel: number,
): ContextShape {
  const size = contextSize ?? Math.min(DEFAULT_CONTEXT, model.trainedContext);
  const batch = Math.max(BATCH, projector?.imageTokens ?? 0);
  const keepsAll = size <= model.slidingWindow * (parallel + SPARE) + batch;
  const sequences = parallel + (keepsAll ? SPARE : SPARE_WHEN_WINDOWED);
  const cells = roundUp(size, CELLS);
  const windows = roundUp(model.slidingWindow * sequences + batch, CELLS);
  return {
    contextSize: size,
    batch,
    sequences,
    cells,
    windowCells: keepsAll ? cells : Math.min(cells, windows),
  };
}

/** Of each layer. */
export function keyValueBytes(model: ModelFacts, { cells, windowCells }: ContextShape): number[] {
  const perCell = model.keyValueHeads * (model.keyLength + model.valueLength) * F16;
  return model.weights.layers.map((_, layer) => {
    const sees = model.slidingWindow === 0 || (layer + 1) % PATTERN === 0;
    return perCell * (sees ? cells : windowCells);
  });
}

/** Graph of one batch: masks and the widest layer, or the logits of the rows that ask for them. */
export function computeBytes(model: ModelFacts, shape: ContextShape): number {
  const masks = (shape.cells + shape.windowCells) * shape.batch * F16;
  const layer = 3 * (model.hidden + model.width) * shape.batch * F32;
  return Math.max(masks + layer, logitBytes(model, shape));
}

export function logitBytes(model: ModelFacts, { sequences }: ContextShape): number {
  return sequences * model.vocabulary * F32;
}

export function vocabularyBytes(model: ModelFacts): number {
  return model.vocabulary * BYTES_PER_WORD;
}

/** Memory while a picture is encoded. */
export function encoderBytes({ imageSize, patchSize, width, hidden, outputWidth }: ProjectorFacts): number {
  const rows = (imageSize / patchSize) ** 2;
  const element = rows < MANY_PATCHES ? F32 : F16;
  const widest = Math.max(
    Math.min(rows, HIDDEN_ROWS) * hidden * element,
    rows * patchSize ** 2 * 3 * F32,
    rows * width * F32,
    rows * (width + outputWidth) * F32 * (1 / 16),
  );
  const pixels = 4 * imageSize ** 2 * 3;
  return rows * width * (F32 + 4 * element) + widest + pixels;
}
