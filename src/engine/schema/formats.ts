/**
 * Formats that an answer is checked for, as their own RFCs and JSON Schema 2020-12 validation 7.3 have them. The other
 * formats (idn-email, idn-hostname, iri, iri-reference, and any that is not of JSON Schema) are annotations.
 */
export const ASSERTED: ReadonlySet<string> = new Set([
  ...["date", "time", "date-time", "duration", "uuid", "email", "hostname", "ipv6", "uri", "uri-reference"],
  ...["uri-template", "json-pointer", "relative-json-pointer", "regex"],
]);

/** Four numbers without leading zeros (RFC 2673 3.2), which the library takes. */
const BYTE = "(?:25[0-5]|2[0-4]\\d|1\\d\\d|[1-9]?\\d)";
export const IPV4 = `^(?:${BYTE}\\.){3}${BYTE}$`;

const LEAP_YEAR = "(?:\\d\\d(?:0[48]|[2468][048]|[13579][26])|(?:[02468][048]|[13579][26])00)";
const DATE = `(?:${LEAP_YEAR}-02-29|\\d{4}-(?:(?:0[13578]|1[02])-(?:0[1-9]|[12]\\d|3[01])|(?:0[469]|11)-(?:0[1-9]|[12]\\d|30)|02-(?:0[1-9]|1\\d|2[0-8])))`;
const TIME =
  "(?:[01]\\d|2[0-3]):[0-5]\\d:(?:[0-5]\\d|60)(?:\\.\\d{1,9})?(?:[Zz]|[+-](?:[01]\\d|2[0-3]):[0-5]\\d)";

/** What the grammar holds of them; the check holds the rest. */
export const PATTERNS: ReadonlyMap<string, string> = new Map([
  ["date", `^${DATE}$`],
  ["time", `^${TIME}$`],
  ["date-time", `^${DATE}[Tt]${TIME}$`],
  ["duration", "^P(?:\\d{1,9}[YMWD]){0,4}(?:T(?:\\d{1,9}[HMS]){1,3})?$"],
  ["uuid", "^[0-9a-fA-F]{8}(?:-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}$"],
  ["email", "^.+@.+$"],
  ["hostname", "^[A-Za-z0-9][A-Za-z0-9.-]{0,252}$"],
  ["ipv6", "^[0-9a-fA-F:.]{2,45}$"],
  ["uri", "^[A-Za-z][A-Za-z0-9+.-]*:[A-Za-z0-9._~:/?#\\[\\]@!$&'()*+,;=%-]*$"],
]);
