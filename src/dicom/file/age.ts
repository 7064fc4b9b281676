import { table } from "../../base/table.js";
import type { Dataset } from "./dataset.js";
import { TAG } from "./tags.js";

export interface Age {
  /** Completed years; below 2 years with tenths; 90 stands for 90 and more. */
  readonly ageYears: number;
  /** Completed months; below 2 years only. */
  readonly ageMonths?: number | undefined;
}

const DAYS_A_MONTH = 30.4375;

/** Completed months of one unit of Patient's Age (PS3.5 6.2, AS). */
const MONTHS: Readonly<Record<string, number>> = table({
  D: 1 / DAYS_A_MONTH,
  W: 7 / DAYS_A_MONTH,
  M: 1,
  Y: 12,
});

/** Patient's Age (0010,1010), or what the calendar says between birth and study: a birthday completes a year. */
export function ageOf(dataset: Dataset): Age | undefined {
  const [, digits, unit = ""] = /^(\d{1,3})([DWMY])$/.exec(dataset.string(TAG.patientAge) ?? "") ?? [];
  const months =
    digits === undefined
      ? monthsBetween(dateOf(dataset, TAG.patientBirthDate), dateOf(dataset, TAG.studyDate))
      : Math.floor(Number(digits) * (MONTHS[unit] ?? 0));
  if (months === undefined || months < 0 || months > 150 * 12) return undefined;
  if (months < 24) return { ageYears: Math.round(months / 1.2) / 10, ageMonths: months };
  return { ageYears: Math.min(90, Math.floor(months / 12)) };
}

interface CalendarDate {
  readonly year: number;
  readonly month: number;
  readonly day: number;
}

function monthsBetween(from: CalendarDate | undefined, to: CalendarDate | undefined): number | undefined {
  if (!from || !to) return undefined;
  return (to.year - from.year) * 12 + (to.month - from.month) - (to.day < from.day ? 1 : 0);
}

/** DA (PS3.5 6.2), and its retired form with points. */
function dateOf(dataset: Dataset, tag: string): CalendarDate | undefined {
  const parts = /^(\d{4})\.?(\d{2})\.?(\d{2})$/
    .exec(dataset.string(tag) ?? "")
    ?.slice(1)
    .map(Number);
  const [year = 0, month = 0, day = 0] = parts ?? [];
  return parts && month >= 1 && month <= 12 && day >= 1 && day <= 31 ? { year, month, day } : undefined;
}
