/**
 * Whether a text is base64 (RFC 4648, sections 4 and 5; broken into lines as MIME has it). What is not would be decoded
 * all the same, to characters that nobody wrote.
 */
export function isBase64(text: string): boolean {
  if (!/^[\w+/\s-]*={0,2}\s*$/.test(text)) return false;
  let others = 0;
  for (const { 0: gap } of text.matchAll(/[\s=]+/g)) others += gap.length;
  return (text.length - others) % 4 !== 1;
}
