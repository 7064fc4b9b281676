import { EventQueue } from "../../base/event-queue.js";
import type { GenerateOptions, GenerationEvent, PromptPart } from "../engine.js";
import type { ChildLink } from "./link/child-link.js";
import { sendParts } from "./parts.js";

/** One generation in the child process. Its time to the first token is measured here, from the caller's call. */
export async function* generateRemotely(
  link: ChildLink,
  parts: readonly PromptPart[],
  options: GenerateOptions,
  started: number,
  onAnswered: () => void,
): AsyncGenerator<GenerationEvent, void, void> {
  const { signal, ...rest } = options;
  const { wire, images } = await sendParts(link, parts, signal);
  const events = new EventQueue<GenerationEvent>();
  let timeToFirstToken: number | undefined;
  const onEvent = (event: GenerationEvent) => {
    timeToFirstToken ??= performance.now() - started;
    if (event.type === "text") events.push(event);
    else events.push({ ...event, timings: { ...event.timings, timeToFirstToken } });
  };
  let failed = false;
  const call = link.start("generate", { parts: wire, options: rest }, { images, onEvent }, signal);
  call.answer.then(
    () => {
      onAnswered();
      events.end();
    },
    (error) => {
      failed = true;
      events.fail(error);
    },
  );
  try {
    yield* events.read();
  } finally {
    // Also when the reader breaks off, who had an answer then as far as it was wanted.
    if (!failed && timeToFirstToken !== undefined) onAnswered();
    call.cancel();
  }
}
