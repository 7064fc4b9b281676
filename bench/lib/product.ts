import path from "node:path";
import { pathToFileURL } from "node:url";
import { root } from "./paths.js";

// What is measured is what is shipped: dist/, not the sources that a tool compiles on the way.
const load = (file: string): Promise<unknown> => import(pathToFileURL(path.join(root, "dist", file)).href);

export const { MedGemma } = (await load("index.js")) as typeof import("../../src/index.js");
export const { NativeEngine } = (await load(
  "engine/native/native-engine.js",
)) as typeof import("../../src/engine/native/native-engine.js");
export const { ProcessEngine } = (await load(
  "engine/process/process-engine.js",
)) as typeof import("../../src/engine/process/process-engine.js");
export const { readPicture } = (await load(
  "image/read-picture.js",
)) as typeof import("../../src/image/read-picture.js");
export const { renderPrompt } = (await load(
  "prompt/render.js",
)) as typeof import("../../src/prompt/render.js");
