/**
 * As `matchAll`, which copies the pattern at each call: most texts have nothing of most patterns.
 * @param pattern With the flag `g`.
 */
export function allMatches(text: string, pattern: RegExp): RegExpExecArray[] {
  const found: RegExpExecArray[] = [];
  pattern.lastIndex = 0;
  for (let it = pattern.exec(text); it !== null; it = pattern.exec(text)) {
    found.push(it);
    if (it[0] === "") pattern.lastIndex++;
  }
  return found;
}
