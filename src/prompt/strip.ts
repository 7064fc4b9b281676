/**
 * Python's `str.strip()`, which Jinja's `trim` filter calls (jinja2 `filters.py`, `do_trim`).
 *
 * JavaScript's `trim()` differs: it keeps U+001C..U+001F and U+0085, and it drops U+FEFF.
 */
export function pythonStrip(text: string): string {
  let start = 0;
  let end = text.length;
  while (start < end && isPythonSpace(text.charCodeAt(start))) start++;
  while (end > start && isPythonSpace(text.charCodeAt(end - 1))) end--;
  return text.slice(start, end);
}

/** The characters for which Python's `str.isspace()` is true (bidirectional type WS, B, S or category Zs); all lie in the BMP. */
function isPythonSpace(code: number): boolean {
  return (
    (code >= 0x09 && code <= 0x0d) ||
    (code >= 0x1c && code <= 0x20) ||
    code === 0x85 ||
    code === 0xa0 ||
    code === 0x1680 ||
    (code >= 0x2000 && code <= 0x200a) ||
    code === 0x2028 ||
    code === 0x2029 ||
    code === 0x202f ||
    code === 0x205f ||
    code === 0x3000
  );
}

/**
 * Text that survives UTF-8 and C strings: an unpaired surrogate and NUL each become U+FFFD, as CommonMark has it (section 2.3).
 * The reference cannot encode the first (Python raises UnicodeEncodeError) and would give the second its byte token.
 */
export function toSafeText(text: string): string {
  const whole = text.toWellFormed();
  return whole.includes("\0") ? withoutNul(whole) : whole;
}

/** A text of nothing else takes `replaceAll` a second for some megabytes. */
function withoutNul(text: string): string {
  const codes = new Uint16Array(text.length);
  const bytes = Buffer.from(codes.buffer);
  bytes.write(text, "utf16le");
  for (let at = 0; at < codes.length; at++) if (codes[at] === 0) codes[at] = 0xfffd;
  return bytes.toString("utf16le");
}
