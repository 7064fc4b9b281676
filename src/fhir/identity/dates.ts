const LANGUAGES = ["en", "de", "fr", "es", "it", "nl", "pt", "pl", "sv", "da", "ru"];

/** The ways to write a day, as words: `1970-05-05`, `5.5.1970`, `May 5, 1970`, `5. Mai 1970`, `1970年5月5日`. */
export function dateForms(date: string | undefined): string[] {
  const [, year, month, day] = /^(\d{4})-(\d{2})-(\d{2})/.exec(date ?? "") ?? [];
  if (year === undefined || month === undefined || day === undefined) return [];
  const days = [day, String(Number(day))];
  const months = [month, String(Number(month)), ...monthNames(Number(month))];
  const forms = new Set([`${year}${month}${day}`]);
  forms
    .add(`${year}年${Number(month)}月${Number(day)}日`)
    .add(`${year}년 ${Number(month)}월 ${Number(day)}일`);
  for (const d of days) {
    for (const m of months) {
      for (const form of [`${year} ${m} ${d}`, `${d} ${m} ${year}`, `${m} ${d} ${year}`]) forms.add(form);
      for (const of of ["de", "di"]) if (!/\d/.test(m)) forms.add(`${d} ${of} ${m} ${of} ${year}`);
    }
    for (const it of ["th", "st", "nd", "rd"])
      for (const m of months) forms.add(`${d}${it} ${m} ${year}`).add(`${m} ${d}${it} ${year}`);
  }
  return [...forms];
}

const names = new Map<number, string[]>();

function monthNames(month: number): string[] {
  const known = names.get(month);
  if (known !== undefined) return known;
  const found = new Set<string>();
  for (const language of LANGUAGES) {
    for (const style of ["long", "short"] as const) {
      const format = new Intl.DateTimeFormat(language, { month: style, day: "numeric", timeZone: "UTC" });
      const parts = format.formatToParts(Date.UTC(2001, month - 1, 1));
      const name = parts.find(({ type }) => type === "month")?.value.replace(/\.$/, "");
      if (name !== undefined && /\p{L}/u.test(name)) found.add(name);
    }
  }
  names.set(month, [...found]);
  return [...found];
}
