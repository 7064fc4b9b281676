import type { Measure } from "../lib/types.js";
import { concurrency } from "./concurrency.js";
import { diskCache } from "./disk-cache.js";
import { encode } from "./encode.js";
import { footprint } from "./footprint.js";
import { isolation } from "./isolation.js";
import { labels } from "./labels.js";
import { loading } from "./loading.js";
import { longText } from "./long-text.js";
import { questions } from "./questions.js";
import { textSpeed } from "./text-speed.js";
import { thousand } from "./thousand.js";

/** In the order in which they run: the short ones first. */
export const MEASURES: Readonly<Record<string, Measure>> = {
  "text-speed": textSpeed,
  "long-text": longText,
  concurrency,
  labels,
  isolation,
  loading,
  thousand,
  footprint,
  "disk-cache": diskCache,
  encode,
  questions,
};
