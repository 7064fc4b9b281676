import { existsSync, readFileSync } from "node:fs";
import os from "node:os";
import path from "node:path";
import { MedGemmaError } from "../base/errors.js";
import { packageRoot } from "../base/package.js";
import { type Addon, loadAddon } from "../engine/native/addon.js";
import type { Check } from "./self-test.js";
import { inBytes } from "./terminal.js";

/** What `doctor` tells of the machine before it tries the model. */
export interface Fact {
  readonly name: string;
  readonly value: string;
}

export function machineFacts(): Fact[] {
  const cpus = os.cpus();
  const limit = process.constrainedMemory();
  // A container's limit; without one the kernel gives a number beyond any machine.
  const limited = limit > 0 && limit < os.totalmem() ? `, limited to ${inBytes(limit)}` : "";
  return [
    { name: "system", value: `${process.platform} ${process.arch}, ${os.release()}` },
    {
      name: "processor",
      value: `${cpus[0]?.model.trim() ?? "unknown"}, ${os.availableParallelism()} of ${cpus.length} cores`,
    },
    { name: "memory", value: `${inBytes(os.totalmem())}, ${inBytes(os.freemem())} free${limited}` },
  ];
}

/** The addon: found, loaded, and what it says of itself. */
export function addonFacts(addon: Addon): Fact[] {
  const { llamaCpp, cpuFeatures } = addon.versions();
  const features = cpuFeatures
    .split(", ")
    .filter((it) => it.endsWith("= 1"))
    .map((it) => it.replace(" = 1", ""));
  return [
    { name: "llama.cpp", value: llamaCpp },
    { name: "build", value: buildMode() },
    { name: "CPU variant", value: cpuVariant() },
    { name: "CPU features", value: features.join(" ") || "none" },
    { name: "matrix products", value: /KERNELS = (\w+)/.exec(cpuFeatures)?.[1] ?? "ggml" },
    ...addon.devices().map(({ name, description, type, memoryFree, memoryTotal }) => ({
      name: "device",
      value: `${name} (${type}): ${description}, ${inBytes(memoryFree)} of ${inBytes(memoryTotal)} free`,
    })),
  ];
}

export function checkNode(): Check {
  const [major = 0, minor = 0] = process.versions.node.split(".").map(Number);
  const ok = major > 20 || (major === 20 && minor >= 19);
  return {
    name: "Node.js",
    ok,
    detail: process.version,
    ...(!ok && { remedy: "Install Node.js 20.19 or newer." }),
  };
}

export function checkAddon(): { check: Check; addon?: Addon } {
  try {
    const addon = loadAddon();
    return { addon, check: { name: "addon", ok: true, detail: addonFile() ?? "loaded" } };
  } catch (error) {
    if (!MedGemmaError.isInstance(error)) throw error;
    const place = process.env.MEDGEMMA_ADDON === undefined ? "" : " (The variable MEDGEMMA_ADDON names it.)";
    return { check: { name: "addon", ok: false, detail: error.message + place, remedy: error.remedy } };
  }
}

function buildMode(): string {
  const folder = path.dirname(addonFile() ?? path.join(packageRoot, "build", "Release", "addon"));
  const file = path.join(folder, "build-info.json");
  if (!existsSync(file)) return "unknown";
  const { mode } = JSON.parse(readFileSync(file, "utf8")) as { mode?: string };
  return mode ?? "unknown";
}

/** Which of ggml's CPU libraries this process chose, e.g. "zen4"; a source build has one only. */
function cpuVariant(): string {
  const file = findLibrary(/ggml-cpu-[a-z0-9_]+\./);
  return /ggml-cpu-([a-z0-9_]+)\./.exec(file ?? "")?.[1] ?? "compiled in";
}

function addonFile(): string | undefined {
  return findLibrary(/medgemma[^/\\]*\.node$/);
}

/** The first library of this process whose file's name matches. */
function findLibrary(name: RegExp): string | undefined {
  const report = process.report.getReport() as unknown as { sharedObjects?: string[] };
  return report.sharedObjects?.find((file) => name.test(path.basename(file)));
}
