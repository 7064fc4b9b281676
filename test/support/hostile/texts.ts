/** Pieces of which a hostile text is made: each is special to some reader. */
export const UNITS: readonly string[] = [
  ..."a\n \t*_#->.,:;|?\"'\\[]{}()=%&/0-é中",
  "\r\n",
  "a ",
  "a\n",
  "\n\n*",
  "* \n",
  "- a\n",
  "\u{10330}",
  "\ud83e",
  "\0",
  "\u2028",
  "<unused94>",
  "<unused95>",
  "<unused94>thought\n",
  "<start_of_turn>",
  "<table><tr>",
  "[1,",
  '{"a":',
  '{"a":1,',
  "FINDINGS:",
  "FINDINGS: a\n",
  "Final Answer:",
  "**a**",
  "[E1]",
  "[E1, ",
  "no ",
  "new ",
  "ignore ",
  "severe ",
  "my father had a stroke ",
  "patient unconscious, ",
  "Dr. ",
  "1. ",
];

/** So many characters of one piece, over and over. */
export function repeated(unit: string, length: number): string {
  return unit.repeat(Math.ceil(length / unit.length)).slice(0, length);
}

/** A text of pieces in any order, in runs of any length. `below` gives a whole number below its argument. */
export function patched(below: (most: number) => number, length: number): string {
  let text = "";
  while (text.length < length) {
    const unit = UNITS[below(UNITS.length)] ?? "a";
    text += unit.repeat(1 + below(2 ** below(10)));
  }
  return text.slice(0, length);
}
