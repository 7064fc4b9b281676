import type { Token } from "./tokens.js";

/** Names of the months, long and short, folded: English, German, French, Spanish, Italian, Dutch, Portuguese, Polish, Swedish, Danish, Russian. */
const MONTHS: ReadonlyMap<string, number> = new Map(
  [
    "january jan januar janvier janv enero ene gennaio gen januari janeiro stycznia styczen sty января январь янв",
    "february feb februar fevrier fevr febrero febbraio februari fevereiro fev lutego luty lut февраля февраль февр",
    "march mar marz mars marzo maart mrt marco marca marzec marts марта март мар",
    "april apr avril avr abril abr aprile kwietnia kwiecien kwi апреля апрель апр",
    "may mai mayo maggio mag mei maio maja maj мая маи",
    "june jun juni juin junio giugno giu junho czerwca czerwiec cze июня июнь июн",
    "july jul juli juillet juil julio luglio lug julho lipca lipiec lip июля июль июл",
    "august aug aout agosto ago augustus sierpnia sierpien sie augusti августа август авг",
    "september sep sept septembre septiembre settembre set setembro wrzesnia wrzesien wrz сентября сентябрь сент",
    "october oct oktober okt octobre octubre ottobre ott outubro out pazdziernika pazdziernik paz октября октябрь окт",
    "november nov novembre noviembre novembro listopada listopad lis ноября ноябрь нояб",
    "december dec dezember dez decembre diciembre dic dicembre dezembro grudnia grudzien gru декабря декабрь дек",
  ].flatMap((names, index) => names.split(" ").map((name): [string, number] => [name, index + 1])),
);
/** Between the parts of a date in words: "5 de mayo de 1970". */
const OF: ReadonlySet<string> = new Set(["de", "di"]);

/**
 * How many words a day takes that begins with one, and the day; in any way to write it: `1970-05-05`, `5.5.1970`,
 * `May 5th, 1970`, `5. Mai 1970`, `5 de mayo de 1970`, `1970년 5월 5일`. Which of two numbers is the day is left open.
 */
export function daysAt(
  tokens: readonly Token[],
  at: number,
  joins: (left: Token, right: Token) => boolean,
): { readonly length: number; readonly days: readonly string[] } | undefined {
  const parts: string[] = [];
  let i = at;
  let named = false;
  for (; i < tokens.length && parts.length < 3; i++) {
    const { key } = tokens[i] as Token;
    if (i > at && !joins(tokens[i - 1] as Token, tokens[i] as Token)) return undefined;
    if (parts.length > 0 && OF.has(key)) continue;
    const month = MONTHS.get(key);
    const number = /^(\d{1,4})(?:st|nd|rd|th|년|월|일)?$/.exec(key)?.[1];
    if (month === undefined && number === undefined) return undefined;
    named ||= month !== undefined;
    parts.push(month === undefined ? (number as string) : `m${month}`);
  }
  const [a, b, c] = parts;
  if (a === undefined || b === undefined || c === undefined || (i - at > 3 && !named)) return undefined;
  const days = [dayOf(a, b, c), dayOf(c, b, a), dayOf(c, a, b)].filter((it) => it !== undefined);
  return days.length === 0 ? undefined : { length: i - at, days };
}

function dayOf(year: string, month: string, day: string): string | undefined {
  if (!/^\d{4}$/.test(year) || !/^m?\d{1,2}$/.test(month) || !/^\d{1,2}$/.test(day)) return undefined;
  return `${year}-${month.replace("m", "").padStart(2, "0")}-${day.padStart(2, "0")}`;
}
