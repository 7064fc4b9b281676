import { momentOf } from "./when.js";

/** An age by the calendar: a year is over on the birthday, not after 365.2425 days. */
export interface Age {
  /** Whole years; of a child under two the months as a fraction. */
  readonly years: number;
  /** As it is said: `12 days`, `7 months`, `64 years`. */
  readonly text: string;
}

/** Newborns are told by days, children under two by months. */
const DAYS = 28;
const MONTHS = 24;

/**
 * @param born `2020-05-17`, or as much of it as is known.
 * @param until The same, or a moment.
 * @returns Undefined where either is no date, or the birth comes later.
 */
export function ageAt(born: string, until: string | Date): Age | undefined {
  const from = partsOf(born);
  const to = partsOf(typeof until === "string" ? until : dayOf(until));
  if (from === undefined || to === undefined) return undefined;
  const about = from.month === undefined || to.month === undefined;
  if (about) {
    const years = to.year - from.year;
    return years < 0 ? undefined : { years, text: `about ${counted(years, "year")}` };
  }
  const [startDay, endDay] = [from.day ?? 1, to.day ?? 1];
  let months = (to.year - from.year) * 12 + (to.month ?? 1) - (from.month ?? 1);
  // Who is born on the 31st is a month older on the last day of a shorter month's successor.
  if (endDay < startDay) months--;
  const days = Math.round(
    (Date.UTC(to.year, (to.month ?? 1) - 1, endDay) - Date.UTC(from.year, (from.month ?? 1) - 1, startDay)) /
      86_400_000,
  );
  if (days < 0) return undefined;
  if (months < 1 || days < DAYS) return { years: rounded(days / 365), text: counted(days, "day") };
  if (months < MONTHS) return { years: rounded(months / 12), text: counted(months, "month") };
  const years = Math.floor(months / 12);
  return { years, text: counted(years, "year") };
}

/** The calendar day of a moment, where it is; of a day that was given as such, that day. */
function dayOf(moment: Date): string {
  if (Number.isNaN(moment.getTime())) return "";
  if (moment.getTime() % 86_400_000 === 0) return moment.toISOString().slice(0, 10);
  const local = new Date(moment.getTime() - moment.getTimezoneOffset() * 60_000);
  return local.toISOString().slice(0, 10);
}

function partsOf(
  text: string,
): { year: number; month: number | undefined; day: number | undefined } | undefined {
  const found = /^(\d{4})(?:-(\d\d)(?:-(\d\d))?)?/.exec(text);
  // One that the calendar does not have is none.
  if (found === null || momentOf(found[0]) === undefined) return undefined;
  const [year = 0, month, day] = found.slice(1).map((it) => (it === undefined ? undefined : Number(it)));
  return { year, month, day };
}

function counted(number: number, unit: string): string {
  return `${number} ${unit}${number === 1 ? "" : "s"}`;
}

function rounded(years: number): number {
  return Math.round(years * 100) / 100;
}
