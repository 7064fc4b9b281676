/**
 * Sentences in a record that speak to the model instead of about the patient ("ignore the above"). Found by pattern,
 * so neither complete nor certain: it is a warning to people. What protects is that records are data for the prompt,
 * cannot become control tokens, and that rules and pointers are checked by code.
 */
const PATTERNS: readonly RegExp[] = [
  /\b(?:ignore|disregard|forget|override|skip)\b[^.\n]{0,40}\b(?:above|previous|prior|preceding|earlier|below|following|all|any|your|these|those)\b(?:[^.\n]{0,30}\b(?:instructions?|prompts?|rules?|text|messages?|guidelines?|record|everything)\b)?/i,
  /\b(?:system|developer)\s+(?:prompt|message|instructions?)\b/i,
  /\bnew\s+instructions?\b\s*:/i,
  /\byou\s+are\s+(?:now|no\s+longer|an?\s+(?:ai|assistant|language\s+model|chatbot))\b/i,
  /\b(?:as|act\s+as|pretend\s+to\s+be)\s+an?\s+(?:ai|assistant|language\s+model|different)\b/i,
  /\b(?:answer|respond|reply|output|print|say|write)\b[^.\n]{0,20}\b(?:only|exactly|with the (?:word|text|level|following))\b/i,
  /\b(?:do\s+not|don't|never)\s+(?:mention|report|reveal|tell|warn|include|flag|list|say)\b/i,
  /<\/?(?:start_of_turn|end_of_turn|start_of_image|end_of_image|bos|eos|case|record|unused\d+)>/i,
  /\b(?:prompt\s+injection|jailbreak)\b/i,
];

/** The first suspicious words of a text, at most 80 characters of them. */
export function findInstruction(text: string): string | undefined {
  for (const pattern of PATTERNS) {
    const found = pattern.exec(text);
    // "ignores the above knee stocking" and the like: the verb alone is how clinicians write too.
    if (found !== null) return found[0].replace(/\s+/g, " ").slice(0, 80);
  }
  return undefined;
}
