import { MedGemmaError } from "../../base/errors.js";
import { readPicture } from "../../image/read-picture.js";
import type { RgbImage } from "../../image/rgb.js";
import { CONTROL_WORDS } from "../../prompt/control-words.js";
import { renderPrompt } from "../../prompt/render.js";
import type { DeepCheck, DeepRecord } from "./record.js";
import { knownLikelihoods, type Subject } from "./subject.js";

/** From a known value. Quantised anew, or on another machine, it moves by hundredths; a wrong window or `<bos>` by more than one. */
const KNOWN_WITHIN = 0.3;
/** From what the same file gave before. */
const AGAIN_WITHIN = 0.1;
/** By which a film must say yes rather than a grey square does. */
const LEAST_DIFFERENCE = 1;
const THOUGHT_TOKENS = 1024;
const GREY = 128;
const SIDE = 896;
const REMEDY = "The file is not what it says: take one that `medgemma models` lists, and compare its sha256.";

/** Asks the loaded model, one thing after another. */
export async function* deepChecks(
  subject: Subject,
  before: DeepRecord | undefined,
): AsyncGenerator<DeepCheck, void, void> {
  const all = [
    checkTokens,
    (it: Subject) => checkLikelihood(it, before),
    ...(subject.model.info.projector ? [checkPicture] : []),
    ...(subject.thinks ? [checkThought] : []),
  ];
  for (const check of all) {
    try {
      yield await check(subject);
    } catch (error) {
      if (!MedGemmaError.isInstance(error) || error.code === "aborted") throw error;
      yield { name: "question", ok: false, detail: error.message, remedy: error.remedy };
    }
  }
}

/** Those of prompts have been asked while loading, or there would be no model. */
async function checkTokens({ model, signal }: Subject): Promise<DeepCheck> {
  const apart: string[] = [];
  for (const { word } of CONTROL_WORDS) {
    const tokens = await model.engine.tokenize(word, { special: true, signal });
    if (tokens.length !== 1) apart.push(word);
  }
  const ok = apart.length === 0;
  const detail = ok ? "each control word is one token" : `${apart.join(", ")}: several tokens`;
  return { name: "tokens", ok, detail, ...(!ok && { remedy: REMEDY }) };
}

async function checkLikelihood(
  { model, text, plausible, signal }: Subject,
  before: DeepRecord | undefined,
): Promise<DeepCheck> {
  const { scores } = await model.engine.score([{ type: "text", text: "<bos>", special: true }], [text], {
    signal,
  });
  const { logprob = Number.NaN, tokens = [] } = scores[0] ?? {};
  const value = -logprob / tokens.length;
  const { sha256 } = model.info.model.file;
  const known = (await knownLikelihoods()).find((it) => it.sha256 === sha256)?.nats;
  const earlier = before?.checks.find(({ name }) => name === "likelihood")?.value;
  const [expected, within] = known !== undefined ? [known, KNOWN_WITHIN] : [earlier, AGAIN_WITHIN];
  const [least, most] =
    expected === undefined ? plausible : ([expected - within, expected + within] as const);
  const ok = value >= least && value <= most;
  const source =
    known !== undefined
      ? `${known.toFixed(2)} is known for this file`
      : earlier !== undefined
        ? `${earlier.toFixed(2)} was found on ${before?.date}`
        : `no value is known for this file; ${least} to ${most} are plausible`;
  const detail = `${value.toFixed(2)} nats a token of a fixed text; ${source}`;
  return { name: "likelihood", ok, detail, value, ...(!ok && { remedy: REMEDY }) };
}

async function checkPicture({ model, film, question, signal }: Subject): Promise<DeepCheck> {
  const odds = async (image: RgbImage) => {
    const content = [
      { type: "image" as const, image },
      { type: "text" as const, text: question },
    ];
    const answers = ["Yes", "yes", "No", "no"];
    const prompt = renderPrompt([{ role: "user", content }]);
    const { scores } = await model.engine.score(prompt, answers, { signal });
    const [yes = 0, yesToo = 0, no = 0, noToo = 0] = scores.map(({ logprob }) => Math.exp(logprob));
    return Math.log((yes + yesToo) / (no + noToo));
  };
  const [ofFilm, ofGrey] = [await odds(await readPicture(film)), await odds(grey())];
  const value = ofFilm - ofGrey;
  const ok = value >= LEAST_DIFFERENCE;
  const detail = `a film says yes by ${ofFilm.toFixed(1)}, a grey square by ${ofGrey.toFixed(1)} (log odds)`;
  const remedy = "The model does not see the picture: use the projector published with it.";
  return { name: "picture", ok, detail, value, ...(!ok && { remedy }) };
}

function grey(): RgbImage {
  const origin = { format: "raw", storedWidth: SIDE, storedHeight: SIDE, steps: [] };
  return { width: SIDE, height: SIDE, data: new Uint8Array(SIDE * SIDE * 3).fill(GREY), origin };
}

async function checkThought({ model, asked, signal }: Subject): Promise<DeepCheck> {
  const options = { think: true, maxTokens: THOUGHT_TOKENS, signal };
  const { thought, text, thoughtCutOff } = await model.ask([...asked.pictures], asked.question, options);
  const ok = Boolean(thought?.trim()) && text.trim() !== "";
  const detail = ok
    ? "a thought opens and closes, and an answer follows"
    : thoughtCutOff
      ? `the thought did not end within ${THOUGHT_TOKENS} tokens`
      : "no thought came, or no answer behind it";
  return { name: "thinking", ok, detail, ...(!ok && { remedy: REMEDY }) };
}
