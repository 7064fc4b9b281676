/** What both readers of GBNF must end at the same place, as llama.cpp does. */

/** To the end of its line, whichever of the two ends it. */
export const COMMENT = /#[^\r\n]*/;
/** A token of the vocabulary, by its number or its text; `!` before it: any other. */
export const TOKEN = /!?<(?:\[\d+\]|[^>]*)>/;
