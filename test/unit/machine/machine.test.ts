import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import os from "node:os";
import path from "node:path";
import { afterEach, expect, test } from "vitest";
import { readMachine } from "../../../src/machine/machine.js";

const made: string[] = [];
afterEach(() => {
  for (const root of made.splice(0)) rmSync(root, { recursive: true, force: true });
});

const GIB = 2 ** 30;

/** A folder that stands for `/`: four hardware threads of two cores, 16 GiB of which 12 can be had. */
function root(files: Record<string, string> = {}): string {
  const folder = mkdtempSync(path.join(os.tmpdir(), "medgemma-machine-"));
  made.push(folder);
  const topology = [0, 1, 0, 1].map((core, cpu) => [
    `sys/devices/system/cpu/cpu${cpu}/topology/core_id`,
    `${core}\n`,
  ]);
  const packages = [0, 1, 2, 3].map((cpu) => [
    `sys/devices/system/cpu/cpu${cpu}/topology/physical_package_id`,
    "0\n",
  ]);
  const all: Record<string, string> = {
    "proc/meminfo": `MemTotal: ${16 * 2 ** 20} kB\nMemFree: 1024 kB\nMemAvailable: ${12 * 2 ** 20} kB\n`,
    "proc/self/status": "Name:\tnode\nCpus_allowed_list:\t0-3\n",
    "proc/self/cgroup": "0::/\n",
    ...Object.fromEntries([...topology, ...packages]),
    ...files,
  };
  for (const [name, text] of Object.entries(all)) {
    const file = path.join(folder, name);
    mkdirSync(path.dirname(file), { recursive: true });
    writeFileSync(file, text);
  }
  return folder;
}

test("hyperthreads are one core, and nothing is limited", () => {
  expect(readMachine(root())).toEqual({
    physicalCores: 2,
    logicalCores: 4,
    cpuQuota: undefined,
    memoryTotal: 16 * GIB,
    memoryAvailable: 12 * GIB,
    memoryLimit: undefined,
  });
});

test("an affinity leaves only its own cores", () => {
  const machine = readMachine(root({ "proc/self/status": "Cpus_allowed_list:\t1,3\n" }));
  expect(machine).toMatchObject({ physicalCores: 1, logicalCores: 2 });
});

test("two sockets with the same core numbers are two cores", () => {
  const other = "sys/devices/system/cpu/cpu2/topology/physical_package_id";
  expect(readMachine(root({ [other]: "1\n" })).physicalCores).toBe(3);
});

test("cgroup version 2: the tightest limit on the way up, what is in use taken off, reclaimable files not", () => {
  const machine = readMachine(
    root({
      "proc/self/cgroup": "0::/kubepods/pod1\n",
      "sys/fs/cgroup/kubepods/pod1/memory.max": "max\n",
      "sys/fs/cgroup/kubepods/pod1/cpu.max": "150000 100000\n",
      "sys/fs/cgroup/kubepods/memory.max": `${4 * GIB}\n`,
      "sys/fs/cgroup/kubepods/memory.current": `${3 * GIB}\n`,
      "sys/fs/cgroup/kubepods/memory.stat": `anon 1\ninactive_file ${GIB}\nactive_file ${GIB}\n`,
      "sys/fs/cgroup/kubepods/cpu.max": "max 100000\n",
    }),
  );
  expect(machine).toMatchObject({
    cpuQuota: 1.5,
    memoryTotal: 4 * GIB,
    memoryLimit: 4 * GIB,
    memoryAvailable: 3 * GIB,
  });
});

test("cgroup version 1: its own files, and a number beyond the machine is no limit", () => {
  const machine = readMachine(
    root({
      "proc/self/cgroup": "4:memory:/docker/a\n3:cpu,cpuacct:/docker/a\n",
      "sys/fs/cgroup/memory/docker/a/memory.limit_in_bytes": `${2 * GIB}\n`,
      "sys/fs/cgroup/memory/docker/a/memory.usage_in_bytes": `${GIB}\n`,
      "sys/fs/cgroup/memory/docker/a/memory.stat": `inactive_file 1\ntotal_inactive_file ${GIB / 4}\ntotal_active_file ${GIB / 4}\n`,
      "sys/fs/cgroup/memory/memory.limit_in_bytes": "9223372036854771712\n",
      "sys/fs/cgroup/cpu/docker/a/cpu.cfs_quota_us": "50000\n",
      "sys/fs/cgroup/cpu/docker/a/cpu.cfs_period_us": "100000\n",
      "sys/fs/cgroup/cpu/cpu.cfs_quota_us": "-1\n",
    }),
  );
  expect(machine).toMatchObject({ cpuQuota: 0.5, memoryLimit: 2 * GIB, memoryAvailable: 1.5 * GIB });
});

test("where nothing can be read there is a machine all the same", () => {
  const empty = mkdtempSync(path.join(os.tmpdir(), "medgemma-machine-"));
  made.push(empty);
  const machine = readMachine(empty);
  expect(machine.physicalCores).toBeGreaterThan(0);
  expect(machine.memoryTotal).toBe(os.totalmem());
});
