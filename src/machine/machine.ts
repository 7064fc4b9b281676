import { readFileSync } from "node:fs";
import os from "node:os";
import path from "node:path";

/** What a process may use of this machine. */
export interface Machine {
  /** Cores of their own arithmetic that this process may run on; two hyperthreads count as one. */
  readonly physicalCores: number;
  /** Threads of the processor that this process may run on. */
  readonly logicalCores: number;
  /** Cores' worth of time that a container gives, e.g. 1.5; undefined without a limit. */
  readonly cpuQuota: number | undefined;
  /** Bytes of memory in all, or the container's limit where it is less. */
  readonly memoryTotal: number;
  /** Bytes that can be taken now without swapping and without passing the container's limit. */
  readonly memoryAvailable: number;
  /** The container's limit in bytes; undefined without one. */
  readonly memoryLimit: number | undefined;
}

/**
 * Asks the system. On Linux that is /proc and cgroups, version 2 or 1; elsewhere what Node knows.
 *
 * @param root Folder that stands for `/`, for tests.
 */
export function readMachine(root = "/"): Machine {
  const read = (file: string) => {
    try {
      return readFileSync(path.join(root, file), "utf8");
    } catch {
      return undefined;
    }
  };
  const total = meminfo(read, "MemTotal") ?? os.totalmem();
  const groups = cgroups(read);
  const limits = groups.map(({ memoryLimit }) => memoryLimit).filter((limit) => limit < total);
  const limit = limits.length > 0 ? Math.min(...limits) : undefined;
  // What the kernel would give back of files it keeps is available too.
  const left = groups
    .filter(({ memoryLimit }) => memoryLimit < total)
    .map(({ memoryLimit, used }) => memoryLimit - used);
  const free = meminfo(read, "MemAvailable") ?? (process.platform === "darwin" ? total * 0.8 : os.freemem());
  const quotas = groups.map(({ cpuQuota }) => cpuQuota).filter((quota) => Number.isFinite(quota));
  const allowed = allowedCpus(read);
  const logical = allowed?.size ?? os.availableParallelism();
  return {
    physicalCores:
      physicalCores(read, allowed) ?? (os.arch() === "x64" && logical > 1 ? Math.ceil(logical / 2) : logical),
    logicalCores: logical,
    cpuQuota: quotas.length > 0 ? Math.min(...quotas) : undefined,
    memoryTotal: limit ?? total,
    memoryAvailable: Math.max(0, Math.min(free, ...left)),
    memoryLimit: limit,
  };
}

type Read = (file: string) => string | undefined;

function meminfo(read: Read, name: string): number | undefined {
  const kib = new RegExp(`^${name}:\\s+(\\d+) kB`, "m").exec(read("proc/meminfo") ?? "")?.[1];
  return kib === undefined ? undefined : Number(kib) * 1024;
}

interface Group {
  readonly memoryLimit: number;
  readonly used: number;
  readonly cpuQuota: number;
}

/** This process's group and those above it; any of them may hold the tightest limit. */
function cgroups(read: Read): Group[] {
  const own = (read("proc/self/cgroup") ?? "").split("\n").map((line) => line.split(":"));
  const unified = own.find(([id]) => id === "0")?.[2];
  const found: Group[] = [];
  for (const folder of upwards(unified ?? "/"))
    found.push(version2(read, path.join("sys/fs/cgroup", folder)));
  const controller = (name: string) => own.find(([, names]) => names?.split(",").includes(name))?.[2];
  const [memory, cpu] = [controller("memory"), controller("cpu")];
  for (const folder of upwards(memory ?? "/")) found.push(memoryOfVersion1(read, folder));
  for (const folder of upwards(cpu ?? "/")) found.push(cpuOfVersion1(read, folder));
  return found;
}

/** The folder, then its parents. Inside a container the path may not exist; its root then is `/`. */
function upwards(folder: string): string[] {
  const folders: string[] = [];
  for (let at = folder; at.startsWith("/"); at = path.dirname(at)) {
    folders.push(at);
    if (at === "/") break;
  }
  return folders;
}

function number(text: string | undefined): number {
  const value = Number.parseInt(text ?? "", 10);
  return Number.isNaN(value) || value < 0 ? Number.POSITIVE_INFINITY : value;
}

/** Memory in use that the kernel cannot simply drop. */
function usedOf(read: Read, usage: string, stat: string, prefix: string): number {
  const text = read(stat) ?? "";
  // Files that were read twice count as active, a model's for instance, and can be given back all the same.
  const reclaimable = ["inactive_file", "active_file"].reduce(
    (sum, name) => sum + Number(new RegExp(`^${prefix}${name} (\\d+)`, "m").exec(text)?.[1] ?? 0),
    0,
  );
  const used = number(read(usage));
  return Number.isFinite(used) ? Math.max(0, used - reclaimable) : 0;
}

function version2(read: Read, folder: string): Group {
  const [quota, period] = (read(path.join(folder, "cpu.max")) ?? "").trim().split(" ");
  const cpuQuota = number(quota) / (number(period) === Number.POSITIVE_INFINITY ? 100_000 : number(period));
  const memoryLimit = number(read(path.join(folder, "memory.max")));
  const used = usedOf(read, path.join(folder, "memory.current"), path.join(folder, "memory.stat"), "");
  return { memoryLimit, used, cpuQuota };
}

function memoryOfVersion1(read: Read, group: string): Group {
  const folder = path.join("sys/fs/cgroup/memory", group);
  const used = usedOf(
    read,
    path.join(folder, "memory.usage_in_bytes"),
    path.join(folder, "memory.stat"),
    "total_",
  );
  const memoryLimit = number(read(path.join(folder, "memory.limit_in_bytes")));
  return { memoryLimit, used, cpuQuota: Number.POSITIVE_INFINITY };
}

function cpuOfVersion1(read: Read, group: string): Group {
  const folder = path.join("sys/fs/cgroup/cpu", group);
  const period = number(read(path.join(folder, "cpu.cfs_period_us")));
  const quota = number(read(path.join(folder, "cpu.cfs_quota_us")));
  const cpuQuota =
    Number.isFinite(quota) && Number.isFinite(period) ? quota / period : Number.POSITIVE_INFINITY;
  return { memoryLimit: Number.POSITIVE_INFINITY, used: 0, cpuQuota };
}

/** Numbers of the processor's threads that this process may run on: "0-3,8". */
function allowedCpus(read: Read): Set<number> | undefined {
  const list = /^Cpus_allowed_list:\s*(\S+)/m.exec(read("proc/self/status") ?? "")?.[1];
  if (list === undefined) return undefined;
  const cpus = new Set<number>();
  for (const range of list.split(",")) {
    const [first = 0, last = first] = range.split("-").map(Number);
    for (let cpu = first; cpu <= last; cpu++) cpus.add(cpu);
  }
  return cpus;
}

/** Different pairs (socket, core) among the allowed ones; undefined where the system does not tell. */
function physicalCores(read: Read, allowed: ReadonlySet<number> | undefined): number | undefined {
  const cores = new Set<string>();
  for (const cpu of allowed ?? []) {
    const topology = `sys/devices/system/cpu/cpu${cpu}/topology`;
    const core = read(`${topology}/core_id`)?.trim();
    if (core === undefined) return undefined;
    cores.add(`${read(`${topology}/physical_package_id`)?.trim()}:${core}`);
  }
  return cores.size > 0 ? cores.size : undefined;
}
