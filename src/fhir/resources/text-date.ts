import { fold } from "../identity/fold.js";
import { isMedicine } from "../identity/morphology.js";
import { type Moment, momentOf } from "../words/when.js";

/** A date at the beginning of a line of a note: when what follows was. */
export interface DateHeading {
  /** Undefined where it is not sure that what follows was then, nor that it was at the visit before. */
  readonly moment: Moment | undefined;
  /** Nothing else stands in the line. */
  readonly alone: boolean;
}

/** Where a line stands. */
export interface LinePlace {
  /** It begins a paragraph. */
  readonly first: boolean;
  /** Another follows in its paragraph. */
  readonly followed: boolean;
}

/** Which of two numbers is the day, as a text's own dates show: `13/02/2020` can be read in one way only. */
export type DayOrder = "day first" | "month first" | undefined;

const MONTHS: readonly RegExp[] = [
  /^(?:jan|ene)/i,
  /^(?:feb|fév|fev)/i,
  /^(?:mar|mär|mrz)/i,
  /^(?:apr|avr|abr)/i,
  /^(?:may|mai)/i,
  /^(?:jun|juin)/i,
  /^(?:jul|juil)/i,
  /^(?:aug|aoû|aou|ago)/i,
  /^se[pt]/i,
  /^(?:oct|okt)/i,
  /^nov/i,
  /^(?:dec|dez|déc|dic)/i,
];
const MONTH =
  "(?:jan|ene|feb|fév|fev|mar|mär|mrz|apr|avr|abr|may|mai|jun|juin|jul|juil|aug|aoû|aou|ago|sep|set|oct|okt|nov|dec|dez|déc|dic)\\p{L}*";
const DATE = [
  "(?<iy>\\d{4})[-/.](?<im>\\d{1,2})[-/.](?<id>\\d{1,2})",
  "(?<dd>\\d{1,2})\\.\\s?(?<dm>\\d{1,2})\\.\\s?(?<dy>\\d{4}|\\d{2})",
  "(?<a>\\d{1,2})[/-](?<b>\\d{1,2})[/-](?<ny>\\d{4}|\\d{2})",
  `(?<wd>\\d{1,2})(?:\\.|st|nd|rd|th|er)?[ -](?:de |of )?(?<wm>${MONTH})\\.?,?[ -](?:de |del )?(?<wy>\\d{4})`,
  `(?<um>${MONTH})\\.? (?<ud>\\d{1,2})(?:st|nd|rd|th)?,? (?<uy>\\d{4})`,
].join("|");
const TIME =
  "(?:(?<mark>[T,])?\\s*(?:at|um|à|a las)?\\s*(?<hour>\\d{1,2})(?<parts>[:.h])(?<minute>\\d\\d)(?::(?<second>\\d\\d))?\\s*(?<half>am|pm|a\\.m\\.|p\\.m\\.)?(?:\\s*(?:Uhr|hrs|hours|h)(?!\\p{L}))?\\s*(?<zone>Z|UTC|[+-]\\d\\d:?\\d\\d)?)?";
const WEEKDAY =
  "(?:mon|tue|wed|thu|fri|sat|sun|montag|dienstag|mittwoch|donnerstag|freitag|samstag|sonntag|lundi|mardi|mercredi|jeudi|vendredi|samedi|dimanche|lunes|martes|miércoles|jueves|viernes|sábado|domingo)\\p{L}*[,.]?\\s+";
/** What a note or a visit is called in front of its date. */
const LABEL =
  "(?:(?:date|datum|fecha|of|the|day|visit|visite|visita|besuch|encounter|consultation|konsultation|consulta|notes?|progress|clinic|clinical|seen|admi(?:ssion|tted)|discharged?|aufnahme|entlassung|vorstellung|untersuchung|review|ward|round|service|hospital\\p{L}*|emergency|ed|er|gp|telephone|phone|call|letter|report|befund|brief|verlauf|verlaufsnotiz|entry|eintrag|update|follow-?\\s?up|kontrolle|contrôle|control|on|am|vom|le|du|el|del|from|dated|written|recorded|entered|nursing|physician|doctor)[\\s:]+){1,5}";
const HEADING = new RegExp(
  `^[\\s#*>•|\\[(=-]*(?<label>${LABEL})?(?:${WEEKDAY})?(?:${DATE})(?!\\d)${TIME}(?<rest>.*)$`,
  "isu",
);
const PLANNED = /follow|kontrolle|contrôle|control|review/i;
/** After a number: what it counts. */
const UNIT =
  /^\s*(?:(?:i\.?e\.?|i\.?u\.?|units?|einheiten|e|u|mg|mcg|µg|ug|g|kg|ml|l|mmol|mmhg|tabl?|tbl|tablets?|tabletten|caps|capsules?|puffs?|hub|hübe|tropfen|gtt|drops|cm|mm)(?![\p{L}\p{N}.])|[%°])/iu;
/** More of a ladder of doses, as "12-10-12-8". */
const GOES_ON = /^[-/.]\d/;
/** Characters of a text that are looked at for its way to write dates. */
const SAMPLE = 100_000;

export function dayOrderOf(text: string): DayOrder {
  for (const [, a, b] of text
    .slice(0, SAMPLE)
    .matchAll(/(?<![\d/-])(\d{1,2})[/-](\d{1,2})[/-]\d{2,4}(?![\d/-])/g)) {
    if (Number(a) > 12 && Number(b) <= 12) return "day first";
    if (Number(b) > 12 && Number(a) <= 12) return "month first";
  }
  return undefined;
}

/**
 * The date that a line begins with, after what the note is called. One in the middle of a sentence is of what the
 * sentence tells, and one that is still to come is nobody's note.
 */
export function dateHeading(
  line: string,
  now: Date,
  order: DayOrder,
  { first, followed }: LinePlace,
): DateHeading | undefined {
  const groups = HEADING.exec(line)?.groups;
  if (groups === undefined) return undefined;
  const rest = (groups.rest ?? "").replace(/^[\s\])|=*#]+/, "");
  if (isDoses(groups)) return undefined;
  const day = dayOf(groups, order, now);
  if (day === undefined) return undefined;
  const moment = momentOf(day.length === 10 ? `${day}${timeOf(groups)}` : day);
  if (moment === undefined || day.slice(0, 10) > now.toISOString().slice(0, 10)) return undefined;
  const alone = /^[\s:.,;–—=*#|-]*$/.test(rest);
  // "Follow-up 2024-03-01" is a plan; with words after a colon, or lines below it, it is what was found then.
  if (PLANNED.test(groups.label ?? "") && !/^[:–—-]\s*\S/.test(rest)) {
    if (!first) return undefined;
    if (!(alone && followed)) return { moment: undefined, alone: false };
  }
  return { moment, alone };
}

/** "12-10-12 IE Actrapid": amounts for morning, noon and evening. */
function isDoses({ ny, dy, rest = "", hour }: Record<string, string | undefined>): boolean {
  if ((ny ?? dy)?.length !== 2 || hour !== undefined) return false;
  const [word = ""] = /\p{L}+/u.exec(rest) ?? [];
  return UNIT.test(rest) || GOES_ON.test(rest) || isMedicine(fold(word));
}

function dayOf(groups: Record<string, string | undefined>, order: DayOrder, now: Date): string | undefined {
  const { iy, im, id, dd, dm, dy, a, b, ny, wd, wm, wy, um, ud, uy } = groups;
  if (iy !== undefined) return written(iy, im, id);
  if (dy !== undefined) return written(fullYear(dy, now), dm, dd);
  if (wy !== undefined) return written(wy, monthOf(wm), wd);
  if (uy !== undefined) return written(uy, monthOf(um), ud);
  const year = fullYear(ny ?? "", now);
  if (Number(a) > 12 || order === "day first") return written(year, b, a);
  if (Number(b) > 12 || order === "month first") return written(year, a, b);
  // Nothing tells the day from the month.
  return a === b ? written(year, a, b) : year;
}

function monthOf(name: string | undefined): string {
  return String(MONTHS.findIndex((it) => it.test(name ?? "")) + 1);
}

function fullYear(year: string, now: Date): string {
  if (year.length !== 2) return year;
  const century = Number(year) <= now.getUTCFullYear() % 100 ? 20 : 19;
  return `${century}${year}`;
}

function written(year: string, month = "", day = ""): string | undefined {
  const [m, d] = [Number(month), Number(day)];
  if (m < 1 || m > 12 || d < 1 || d > new Date(Date.UTC(Number(year), m, 0)).getUTCDate()) return undefined;
  return `${year}-${month.padStart(2, "0")}-${day.padStart(2, "0")}`;
}

function timeOf(groups: Record<string, string | undefined>): string {
  const { hour, minute, second, half, zone, parts, mark, rest = "" } = groups;
  if (hour === undefined || minute === undefined) return "";
  // "12.50 mg" is no time of the day.
  if (parts === "." && UNIT.test(rest)) return "";
  let hours = Number(hour);
  if (half !== undefined) hours = (hours % 12) + (/^p/i.test(half) ? 12 : 0);
  if (hours > 23 || Number(minute) > 59) return "";
  // In notes "10:00-11:30" is how long it took; a computer writes the T or the seconds before a zone.
  const isRange = zone?.startsWith("-") === true && mark !== "T" && second === undefined;
  const offset = zone === undefined || isRange ? "" : /^[+-]/.test(zone) ? zone : "Z";
  return `T${String(hours).padStart(2, "0")}:${minute}${second === undefined ? "" : `:${second}`}${offset}`;
}
