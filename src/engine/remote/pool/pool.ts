import { setTimeout as sleep } from "node:timers/promises";
import { allOrStop } from "../../../base/abort.js";
import { MedGemmaError } from "../../../base/errors.js";
import type { EndpointStats } from "../../engine.js";
import type { Endpoint, Needs } from "../endpoint/endpoint.js";
import type { ResolvedRemoteOptions } from "../endpoint/remote-options.js";
import { isTemporary, isUnable, toEndpointError, waitAfter } from "../http/http.js";
import { Health } from "./health.js";
import { isOutage, type Member, named, toMembers } from "./member.js";
import { Slots } from "./slots.js";

/** Milliseconds for which an endpoint that refused the credentials is left alone. */
const REFUSED_FOR = 60_000;
const LONGEST_ABSENCE = 3_600_000;

export interface PoolWork<T> {
  readonly batch: boolean;
  readonly needs: Needs;
  /** Ends it. */
  readonly signal: AbortSignal;
  run(endpoint: Endpoint, signal: AbortSignal): AsyncIterable<T>;
}

/** Endpoints of one model, or one alone. Work goes to those that can do it; one that fails is left alone for a while. */
export class Pool {
  readonly #members: readonly Member[];
  readonly #options: ResolvedRemoteOptions;
  readonly #slots: Slots<Member>;
  readonly #health: Health<Member>;

  private constructor(members: readonly Member[], options: ResolvedRemoteOptions, end: AbortSignal) {
    this.#members = members;
    this.#options = options;
    this.#slots = new Slots(members, options.parallel, options.queueSize);
    this.#health = new Health(this.#slots, (member) => this.#isBack(member, end), end);
  }

  /**
   * Asks all addresses what they serve; those that are out of order may join later.
   * @param end Ends the pool.
   * @throws MedGemmaError `bad_option` for different models; `endpoint_failed` when none answers;
   * `endpoint_credentials`, `unsupported_by_endpoint`, `aborted`.
   */
  static async open(
    options: ResolvedRemoteOptions,
    signal: AbortSignal | undefined,
    end: AbortSignal,
  ): Promise<Pool> {
    const members = toMembers(options);
    const failures = await allOrStop(members, signal, async (member, either) => {
      try {
        member.endpoint = await member.find(either);
        return undefined;
      } catch (error) {
        if (isOutage(error)) return error;
        throw error;
      }
    });
    if (members.every(({ endpoint }) => !endpoint)) throw failures[0];
    const models = new Set(members.flatMap(({ endpoint }) => endpoint?.info.model.name ?? []));
    if (models.size > 1) {
      throw new MedGemmaError("bad_option", "The endpoints serve different models.", {
        facts: { option: "endpoint", models: [...models] },
        remedy: "Name only endpoints of one model, or name the model with `endpointModel`.",
      });
    }
    const pool = new Pool(members, options, end);
    for (const member of members) {
      if (member.endpoint) continue;
      options.notice("warning", `The endpoint ${member.name} does not answer; the others begin without it.`);
      pool.#health.lost(member);
    }
    return pool;
  }

  /** Those that have answered; at least one. */
  get endpoints(): readonly Endpoint[] {
    return this.#members.flatMap(({ endpoint }) => endpoint ?? []);
  }

  get running(): number {
    return this.#slots.running;
  }

  get waiting(): number {
    return this.#slots.waiting;
  }

  stats(): EndpointStats[] {
    return this.#members.map((member) => ({
      name: member.name,
      state: this.#slots.isDown(member) ? "down" : "up",
      running: this.#slots.runningAt(member),
      completed: member.completed,
      failed: member.failed,
    }));
  }

  /**
   * Does the work at an endpoint that can and has a place; at another when it fails before its first result for a
   * while only, or with what lies at itself: credentials that others take, another model, a page in its place.
   * @throws MedGemmaError as the endpoint, which it names; `queue_full`; or the signal's reason.
   */
  async *each<T>({ batch, needs, signal, run }: PoolWork<T>): AsyncGenerator<T, void, void> {
    const able = this.#whoCan(needs);
    const alone = this.#members.length === 1;
    const count = this.#members.filter(able).length;
    // One alone is tried again by its connection.
    const tries = alone ? 1 : count * (this.#options.retries + 1);
    const refusing = new Set<Member>();
    const left = (member: Member) => able(member) && !refusing.has(member);
    let outage: MedGemmaError | undefined;
    let failed: Member | undefined;
    for (let attempt = 1; ; attempt++) {
      const { endpoint: member, release } = await this.#slots.take({ batch, signal, failed, able: left });
      let begun = false;
      try {
        for await (const result of run(member.endpoint as Endpoint, signal)) {
          begun = true;
          yield result;
        }
        member.completed++;
        return;
      } catch (error) {
        if (signal.aborted) throw error;
        member.failed++;
        const reason = named(toEndpointError(error, undefined), member.name);
        const unable = isUnable(reason);
        if (begun || !(unable || isTemporary(reason))) throw reason;
        if (!alone) this.#health.lost(member, waitFor(reason));
        if (unable) refusing.add(member);
        else outage = reason;
        if (!this.#members.some(left)) throw reason;
        // Of some that refuse and some that are out of order, the latter may take it another time.
        if (attempt >= tries) throw outage ?? reason;
        failed = member;
      } finally {
        release();
      }
      if (attempt % count === 0) await sleep(waitAfter(attempt / count - 1), undefined, { signal });
    }
  }

  /** @throws MedGemmaError the first one's refusal, when none can. */
  #whoCan(needs: Needs): (member: Member) => boolean {
    const known = new Map<Endpoint, MedGemmaError | undefined>();
    const refusal = (endpoint: Endpoint) => {
      if (!known.has(endpoint)) known.set(endpoint, endpoint.refusal(needs));
      return known.get(endpoint);
    };
    const refusals = this.endpoints.map(refusal);
    if (!refusals.includes(undefined)) throw refusals[0];
    return ({ endpoint }) => endpoint !== undefined && refusal(endpoint) === undefined;
  }

  async #isBack(member: Member, signal: AbortSignal): Promise<boolean> {
    if (member.endpoint) return member.endpoint.healthy(signal);
    const endpoint = await member.find(signal).catch(() => undefined);
    if (!endpoint || !(await endpoint.healthy(signal))) return false;
    if (endpoint.info.model.name !== this.endpoints[0]?.info.model.name) {
      if (!member.refused)
        this.#options.notice("warning", `The endpoint ${member.name} serves another model and stays out.`);
      member.refused = true;
      return false;
    }
    member.endpoint = endpoint;
    this.#options.notice("info", `The endpoint ${member.name} answers now.`);
    return true;
  }
}

/** Whose health is open to all may still refuse requests: longer for those that do, or as long as they ask for. */
function waitFor({ code, facts }: MedGemmaError): number | undefined {
  if (code === "endpoint_credentials") return REFUSED_FOR;
  return typeof facts.retryAfter === "number"
    ? Math.min(facts.retryAfter * 1000, LONGEST_ABSENCE)
    : undefined;
}
