import { Pace, type Steps, sortSteps } from "../../base/breather.js";
import { isSame } from "../elements/same.js";
import { asAddress, asObject, asText, type Json } from "../elements/values.js";
import { momentOf } from "../words/when.js";
import { areTwoPeople } from "./patient.js";

/** How the Bundle that an entry came in orders versions; undefined for what came in none, or of a type not known yet. */
export type BundleType = string | undefined;

interface Version {
  /** Undefined where it was deleted. */
  readonly resource: Json | undefined;
  readonly fullUrl: string | undefined;
  readonly updated: number;
  readonly number: number;
  /** In the order of the record. */
  readonly place: number;
  readonly bundle: BundleType;
  /** It came with a request: a history, or something still to be carried out. */
  readonly requested: boolean;
}

/** Resources of one type and id: of one server, or of several. */
interface Alike {
  /** The one that came first, whose address may not be known yet. */
  readonly first: Known;
  readonly byUrl: Map<string, Known>;
}

/** Versions of one resource. */
interface Known {
  readonly type: string;
  /** The address with a server's name, once one is known. */
  url: string | undefined;
  readonly versions: Version[];
}

export interface Current {
  readonly resource: Json;
  readonly fullUrl: string | undefined;
}

export interface CurrentResources {
  readonly current: Current[];
  /** What was left out, by type and reason. */
  readonly left: ReadonlyMap<string, number>;
  /** Resources that stand in the record more than once, differ, and are not said to be versions. */
  readonly unclear: number;
  /** Patients of one id who are hardly one person. */
  readonly people: number;
}

/** Of each resource of a record only what is current: the newest version, and nothing that was deleted. */
export class Versions {
  readonly #all: Known[] = [];
  readonly #byId = new Map<string, Alike>();
  #places = 0;

  /** @param outer The entry of a Bundle, or the resource itself. */
  add(outer: Json, resource: Json, bundle: BundleType): void {
    const fullUrl = asAddress(outer.fullUrl);
    const known = this.#find(asText(resource.resourceType) ?? "", asText(resource.id), fullUrl);
    known.versions.push(this.#version(outer, isDeletion(outer) ? undefined : resource, bundle));
  }

  /**
   * Takes an entry that asks for a deletion, or tells of one, without the resource.
   * @returns Whether it is one; `searched` where it names what it deletes by a search, which nothing here can answer.
   */
  addDeletion(outer: Json, bundle: BundleType): boolean | "searched" {
    if (!isDeletion(outer)) return false;
    if (asAddress(asObject(outer.request)?.url)?.includes("?")) return "searched";
    const fullUrl = asAddress(outer.fullUrl);
    const url = asAddress(asObject(outer.request)?.url) ?? fullUrl ?? "";
    const [, type = "resource", id] = /([A-Z][A-Za-z]+)\/([^/?#]+)(?:\/_history\/[^/]*)?$/.exec(url) ?? [];
    this.#find(type, id, fullUrl).versions.push(this.#version(outer, undefined, bundle));
    return true;
  }

  /** @param streamed The type of the Bundle whose entries came one by one, which stands anywhere in it. */
  *current(streamed: BundleType): Steps<CurrentResources> {
    const current: (Version & Current)[] = [];
    const left = new Map<string, number>();
    const pace = new Pace();
    let unclear = 0;
    let people = 0;
    const leave = (what: string) => left.set(what, (left.get(what) ?? 0) + 1);
    for (const { type, versions } of this.#all) {
      const newest = versions.reduce((a, b) => ((order(a, b, streamed) ?? 1) > 0 ? b : a));
      if (newest.resource === undefined) leave(`${type} (deleted)`);
      else current.push({ ...newest, resource: newest.resource });
      let open = false;
      const apart: Json[] = [];
      for (const it of versions) {
        if (pace.isDue()) yield undefined;
        if (it === newest || it.resource === undefined) continue;
        // What nothing orders may be two things of one name: neither is left out, but for people, who change.
        if (isSame(it.resource, newest.resource)) leave(`${type} (repeated)`);
        else if (type === "Patient" && isAnother(it, newest, apart, streamed)) {
          apart.push(it.resource);
          current.push({ ...it, resource: it.resource });
        } else if (type === "Patient" || order(it, newest, streamed) !== undefined)
          leave(`${type} (older version)`);
        else {
          open = true;
          current.push({ ...it, resource: it.resource });
        }
      }
      if (open) unclear++;
      if (apart.length > 0) people += apart.length + 1;
    }
    return { current: yield* sortSteps(current, (a, b) => a.place - b.place), left, unclear, people };
  }

  #find(type: string, id: string | undefined, fullUrl: string | undefined): Known {
    const url = fullUrl !== undefined && /^https?:/.test(fullUrl) ? withoutVersion(fullUrl) : undefined;
    // Two servers may give two resources one id; an address that is made up for a Bundle tells nothing.
    const key = id === undefined ? url : `${type}/${id}`;
    const alike = key === undefined ? undefined : this.#byId.get(key);
    const isFirst = alike !== undefined && (url === undefined || alike.first.url === undefined);
    let known = isFirst ? alike.first : alike?.byUrl.get(url ?? "");
    if (known === undefined) {
      known = { type, url, versions: [] };
      this.#all.push(known);
      if (key !== undefined && alike === undefined) this.#byId.set(key, { first: known, byUrl: new Map() });
    }
    known.url ??= url;
    if (key !== undefined && known.url !== undefined) this.#byId.get(key)?.byUrl.set(known.url, known);
    return known;
  }

  #version(outer: Json, resource: Json | undefined, bundle: BundleType): Version {
    const meta = asObject(resource?.meta);
    const response = asObject(outer.response);
    const fullUrl = asAddress(outer.fullUrl);
    const version =
      asText(meta?.versionId) ??
      /"([^"]*)"/.exec(asAddress(response?.etag) ?? "")?.[1] ??
      /\/_history\/([^/]+)$/.exec(fullUrl ?? "")?.[1];
    return {
      resource,
      fullUrl: fullUrl && withoutVersion(fullUrl),
      updated: instantOf(asText(meta?.lastUpdated) ?? asText(response?.lastModified)),
      number: version !== undefined && /^\d+$/.test(version) ? Number(version) : Number.NaN,
      place: this.#places++,
      bundle,
      requested: asObject(outer.request) !== undefined,
    };
  }
}

/**
 * Whether a patient is another person than those of the same id who are kept: two sources may give one id to two. What
 * one server tells of one id is of one person.
 */
function isAnother(it: Version, newest: Version, apart: readonly Json[], streamed: BundleType): boolean {
  const isHistory = (it.bundle ?? streamed) === "history" || (it.requested && newest.requested);
  const kept = [...(newest.resource === undefined ? [] : [newest.resource]), ...apart];
  return !isHistory && kept.length > 0 && kept.every((other) => areTwoPeople(it.resource ?? {}, other));
}

/** Not a number for what is no moment of the calendar. */
function instantOf(text = ""): number {
  return momentOf(text) === undefined ? Number.NaN : Date.parse(text);
}

function isDeletion(outer: Json): boolean {
  return asText(asObject(outer.request)?.method)?.toUpperCase() === "DELETE";
}

function withoutVersion(url: string): string {
  return url.replace(/\/_history\/[^/]*$/, "");
}

/**
 * Above zero where the second is the newer: by the server's time, by its number, else by place, as a history has the
 * newest first (FHIR R4, http.html#history). Undefined where nothing tells.
 */
function order(a: Version, b: Version, streamed: BundleType): number | undefined {
  for (const difference of [b.updated - a.updated, b.number - a.number]) {
    if (difference !== 0 && !Number.isNaN(difference)) return difference;
  }
  const type = a.bundle ?? streamed;
  const requested = a.requested && b.requested;
  if (type === "history" || (type === undefined && requested)) return a.place - b.place;
  if (!requested) return undefined;
  // Of one transaction what is asked to go is gone.
  if ((a.resource === undefined) !== (b.resource === undefined)) return b.resource === undefined ? 1 : -1;
  return b.place - a.place;
}
