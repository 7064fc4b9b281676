import { seededRandom } from "../../../../src/base/random.js";
import type { Attack, AttackMakers } from "./attack.js";
import { CROWD_ATTACKS } from "./crowds.js";
import { ENDPOINT_ATTACKS } from "./endpoints.js";
import { FILE_ATTACKS } from "./files.js";
import { GRAMMAR_ATTACKS } from "./grammars.js";
import { LONG_RECORD_ATTACKS } from "./long-records.js";
import { MODEL_ATTACKS } from "./models.js";
import { PATH_ATTACKS } from "./paths.js";
import { QUESTION_ATTACKS } from "./questions.js";
import { RECORD_ATTACKS } from "./records.js";
import { TEXT_ATTACKS } from "./texts.js";

export type { Application, Attack } from "./attack.js";

const ATTACKS: AttackMakers = {
  ...FILE_ATTACKS,
  ...TEXT_ATTACKS,
  ...QUESTION_ATTACKS,
  ...ENDPOINT_ATTACKS,
  ...GRAMMAR_ATTACKS,
  ...RECORD_ATTACKS,
  ...LONG_RECORD_ATTACKS,
  ...MODEL_ATTACKS,
  ...PATH_ATTACKS,
  ...CROWD_ATTACKS,
};

export const ATTACK_KINDS: readonly string[] = Object.keys(ATTACKS);

/** The same kind and number give the same attack. */
export async function makeAttack(kind: string, seed: number, folder: string): Promise<Attack> {
  const make = ATTACKS[kind];
  if (!make) throw new Error(`There is no attack ${kind}.`);
  const spread = [...kind].reduce((hash, letter) => Math.imul(hash, 31) + letter.charCodeAt(0), seed);
  return await make(seededRandom(Math.imul(spread, 2654435761)), folder);
}
