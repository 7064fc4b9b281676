import { asList, asObject, type Json } from "../elements/values.js";

const OPPOSITE = new Map([
  ["permit", "deny"],
  ["deny", "permit"],
]);
/** Provisions in one another that are looked at. */
const MAX_DEPTH = 40;

/**
 * A consent of R5 with the direction of each of its provisions, which are exceptions to what they stand in: each says
 * the opposite of the level above (FHIR R5, Consent.decision). Those of R4 say it themselves.
 */
export function withDirections(resource: Json): Json {
  const { decision } = resource;
  return resource.resourceType === "Consent" && OPPOSITE.has(String(decision))
    ? withProvisions(resource, String(decision), 0)
    : resource;
}

function withProvisions(thing: Json, direction: string, depth: number): Json {
  if (thing.provision === undefined || depth > MAX_DEPTH) return thing;
  const opposite = OPPOSITE.get(direction) ?? direction;
  const provision = asList(thing.provision).map((it) => {
    const own = asObject(it);
    if (own === undefined) return it;
    const type = OPPOSITE.has(String(own.type)) ? String(own.type) : opposite;
    return withProvisions({ ...own, type }, type, depth + 1);
  });
  return { ...thing, provision };
}
