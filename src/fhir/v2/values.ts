import type { Json } from "../elements/values.js";
import type { Segment } from "./parse.js";
import { dayOf } from "./people.js";

/** CE and CWE: the words, else those of the other coding, else the code. */
export function concept(segment: Segment, index: number): Json | undefined {
  const [first] = segment.field(index);
  if (first === undefined) return undefined;
  const text = first[8] || first[1] || first[4] || first[0];
  return text ? { text } : undefined;
}

/** OBX-5 by the type that OBX-2 names. */
export function valueIn(segment: Segment, type: string): Json {
  const values = segment.field(5);
  if (values.length === 0) return {};
  const unit = segment.text(6, 2) || segment.text(6);
  const first = values[0] as readonly string[];
  if (type === "ED") return { presentedForm: [attachment(first)] };
  if (type === "RP") return { presentedForm: [{ contentType: "application/octet-stream", url: first[0] }] };
  if (type === "CE" || type === "CWE" || type === "CNE") {
    return { valueCodeableConcept: { text: values.map((it) => it[8] || it[1] || it[0]).join(", ") } };
  }
  if (type === "SN") return { valueString: [first.join(""), unit].filter(Boolean).join(" ") };
  if (/^(?:DT|TS|DTM)$/.test(type)) return { valueDateTime: dayOf(first[0] ?? "") ?? first[0] };
  if (type === "NM" && values.length === 1)
    return { valueQuantity: { value: first[0], unit: unit || undefined } };
  const said = values.map((it) => it.filter(Boolean).join(" ")).join("\n");
  return { valueString: unit === "" ? said : `${said} ${unit}` };
}

/** ED: where from, kind, form, encoding, data. */
function attachment([, kind = "", form = "", encoding = "", data = ""]: readonly string[]): Json {
  const isText = /^(?:TEXT|FT|TX)$/i.test(kind) || kind === "";
  const type = kind.includes("/")
    ? kind
    : `${isText ? "text" : kind.toLowerCase()}/${form.toLowerCase() || "plain"}`;
  const encoded = /^base64$/i.test(encoding) ? data : Buffer.from(data).toString("base64");
  return { contentType: type.replace("application/rtf", "text/rtf"), data: encoded };
}
