import { asObject, asText, type Json } from "../elements/values.js";

const STAMP = /^(\d{4}(?:-\d\d(?:-\d\d)?)?)(?:T(\d\d:\d\d)(?::(\d\d)(?:[.,]\d+)?)?\s?(Z|[+-]\d\d:?\d\d)?)?$/;

/** A moment as a record gives it: a day, or as much of it as is known, with the hour and the zone where they are. */
export interface Moment {
  /** `2021`, `2021-03` or `2021-03-04`, in the zone of the record. */
  readonly day: string;
  /** `14:05`, or `14:05:30`. */
  readonly time: string | undefined;
  /** `Z` or `+02:00`. */
  readonly zone: string | undefined;
}

export function momentOf(text: string): Moment | undefined {
  const found = STAMP.exec(text);
  if (found === null) return undefined;
  const [, day = "", minutes, seconds, zone] = found;
  if (!isDay(day) || !isTime(minutes, seconds)) return undefined;
  const time = minutes && (seconds === undefined || seconds === "00" ? minutes : `${minutes}:${seconds}`);
  const colon = zone?.replace(/^([+-]\d\d):?(\d\d)$/, "$1:$2");
  return { day, time, zone: colon === "+00:00" || colon === "-00:00" ? "Z" : colon };
}

/** Whether the calendar has a day, or as much of it as is given. */
function isDay(day: string): boolean {
  const [year = 0, month = 1, date = 1] = day.split("-").map(Number);
  return month >= 1 && month <= 12 && date >= 1 && date <= new Date(Date.UTC(year, month, 0)).getUTCDate();
}

/** A leap second is one, and midnight may end a day. */
function isTime(minutes = "00:00", seconds = "00"): boolean {
  const [hour = 0, minute = 0] = minutes.split(":").map(Number);
  return (hour < 24 && minute < 60 && Number(seconds) <= 60) || (hour === 24 && minute === 0);
}

/** A moment as ISO 8601 has it. */
export function dateText({ day, time, zone }: Moment): string {
  return time === undefined ? day : `${day}T${time}${zone ?? ""}`;
}

/** A date and time in words, as `2021-03-04 14:05 UTC`; undefined for what is told as it is. */
export function whenText(text: string): string | undefined {
  const moment = momentOf(text);
  if (moment === undefined && STAMP.test(text)) return `${text} (impossible date)`;
  if (moment?.time === undefined) return undefined;
  const { day, time, zone } = moment;
  return `${day} ${time}${zone === undefined ? "" : zone === "Z" ? " UTC" : zone}`;
}

/** The start and end of a period. */
export function periodText(period: Json): string | undefined {
  const [start, end] = [period.start, period.end].map((it) => {
    const text = asText(it);
    return text && (whenText(text) ?? text);
  });
  return [start && `from ${start}`, end && `to ${end}`].filter(Boolean).join(" ") || undefined;
}

/** Elements that say when it was, the most telling first. */
export const DATES = [
  ...["effectiveDateTime", "effectivePeriod", "effectiveInstant", "onsetDateTime", "onsetPeriod"],
  ...["performedDateTime", "performedPeriod", "occurrenceDateTime", "occurrencePeriod", "period"],
  ...["authoredOn", "dateAsserted", "recordedDate", "started", "collectedDateTime", "actualPeriod"],
  ...["startDate", "issued", "date", "created", "sent", "authored", "receivedTime"],
  ...[
    "whenHandedOver",
    "whenPrepared",
    "identifiedDateTime",
    "identifiedPeriod",
    "createdDateTime",
    "createdPeriod",
  ],
  // Of STU3 and DSTU2, and of nutrition orders and R4's consents.
  ...["effectiveTimeDateTime", "effectiveTimePeriod", "whenUsed", "dateTime", "dateWritten", "orderedOn"],
  ...["assertedDate", "dateRecorded", "recordedOn"],
] as const;

/** The element that says when it was, and its moment. */
export function dateElement(resource: Json): { readonly key: string; readonly moment: Moment } | undefined {
  for (const key of DATES) {
    const value = resource[key];
    if (value === undefined) continue;
    const text = asText(value) ?? asText(asObject(value)?.start) ?? asText(asObject(value)?.end);
    const moment = text === undefined ? undefined : momentOf(text);
    if (moment !== undefined) return { key, moment };
  }
  return undefined;
}
