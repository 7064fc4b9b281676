/**
 * Whether a text is base64 (RFC 4648, sections 4 and 5; broken into lines as MIME has it). What is not would be decoded
 * all the same, to characters that nobody wrote.
 */
export function isBase64(text: string): boolean {
  const end = text.indexOf("=");
  const letters = end < 0 ? text : text.slice(0, end);
  if (/[^\w+/\s-]/.test(letters) || (end >= 0 && !/^=\s*=?\s*$/.test(text.slice(end)))) return false;
  let gaps = 0;
  for (const { 0: gap } of letters.matchAll(/\s+/g)) gaps += gap.length;
  return (letters.length - gaps) % 4 !== 1;
}
