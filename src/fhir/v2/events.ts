import { table } from "../../base/table.js";
import type { Segment } from "./parse.js";

/** What an event (MSH-9, table 0003) makes of the visit that PV1 describes. */
const VISITS: Readonly<Record<string, string>> = table({
  ...{ A05: "planned", A14: "planned" },
  ...{ A11: "cancelled", A27: "cancelled", A38: "cancelled" },
  ...{ A23: "entered-in-error", A29: "entered-in-error" },
});

/** What happened that a message tells of. */
export interface Event {
  /** The message is about where the patient is, and does not only say it besides. */
  readonly isAdt: boolean;
  readonly visit: string | undefined;
  /** A discharge that was told before has not taken place. */
  readonly cancelsDischarge: boolean;
  /** The document of the message is taken back. */
  readonly cancelsDocument: boolean;
}

export function eventOf(header: Segment): Event {
  // "ADT^A11", "ADT^A11^ADT_A09" or "ADT".
  const [type, code] = [header.text(9), header.text(9, 2)];
  const isAdt = type === "ADT";
  return {
    isAdt,
    visit: isAdt ? VISITS[code] : undefined,
    cancelsDischarge: isAdt && code === "A13",
    cancelsDocument: type === "MDM" && code === "T11",
  };
}
