import { readFileSync, writeFileSync } from "node:fs";
import path from "node:path";
import { type Hub, sha256 } from "../unit/models/hub.js";
import { phantom, phantomProjector } from "./cli/support.js";

export const COMMIT = "0123456789abcdef0123456789abcdef01234567";
export const MODEL = "phantom-f16.gguf";
export const PROJECTOR = "mmproj-f16.gguf";
export const BODIES = {
  [MODEL]: readFileSync(phantom),
  [PROJECTOR]: readFileSync(phantomProjector),
} as const;

/** A file's path on the hub. */
export const at = (file: string) => `/lab/phantom-GGUF/resolve/${COMMIT}/${file}`;
/** Its path in a models folder. */
export const inFolder = (folder: string, file: string) =>
  path.join(folder, "lab", "phantom-GGUF", COMMIT, file);

const entry = (file: typeof MODEL | typeof PROJECTOR) => ({
  tag: "F16",
  repository: "lab/phantom-GGUF",
  revision: COMMIT,
  file,
  bytes: BODIES[file].length,
  sha256: sha256(BODIES[file]),
});

/** The phantom as a model of a hub, under a catalogue of its own: the environment that points there. */
export function phantomHub(hub: Hub, folder: string, promptVersion = "1.5"): Record<string, string> {
  hub.serve(at(MODEL), BODIES[MODEL]);
  hub.serve(at(PROJECTOR), BODIES[PROJECTOR]);
  const catalogue = {
    version: 1,
    licenses: { lab: { name: "Terms of the lab", url: "https://lab.example/terms", mustAccept: true } },
    models: [
      {
        name: "drawn-chests",
        title: "The phantom, from a hub",
        promptVersion,
        license: "lab",
        contextSize: 8192,
        workingBytes: 1_000_000,
        defaultTag: "F16",
        variants: [{ ...entry(MODEL), projector: "F16" }],
        projectors: [entry(PROJECTOR)],
      },
    ],
  };
  const file = `${folder}-catalogue.json`;
  writeFileSync(file, JSON.stringify(catalogue));
  return { MEDGEMMA_CATALOGUE: file, MEDGEMMA_HUB: hub.url, MEDGEMMA_MODELS: folder };
}
