import { execFileSync } from "node:child_process";
import { existsSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { describe, expect, it } from "vitest";
import { readDicom } from "../../../src/dicom/index.js";
import { sha256 } from "../../unit/dicom/support/paths.js";

/**
 * Whole sets against GDCM and dcmtk, run live: MEDGEMMA_DICOM_SETS="name=folder:name=folder" names them. Needs Debian's
 * python3-pydicom, libgdcm-tools and dcmtk; vitest.config.ts leaves this file out without the variable (npm test has the fixtures).
 */
const SETS = (process.env.MEDGEMMA_DICOM_SETS ?? "").split(":").filter((spec) => spec.includes("="));
const SCRIPT = fileURLToPath(new URL("../../oracles/dicom_stored_values.py", import.meta.url));
const PYTHON = process.env.MEDGEMMA_ORACLE_PYTHON ?? "/usr/bin/python3";

/** Where this reader differs from both tools on purpose: by the file's name, and why. */
const EXCEPTIONS: Readonly<Record<string, string>> = {
  "MR_truncated.dcm": "cut off: refused, where GDCM fills the missing rows",
};

interface Entry {
  readonly gdcm?: { readonly sha256: string };
  readonly dcmtk?: { readonly sha256: string };
}

describe("sets of this machine", () => {
  it("give GDCM's or dcmtk's stored values on every file that they decode", {
    timeout: 900_000,
  }, async () => {
    for (const spec of SETS) expect(existsSync(spec.slice(spec.indexOf("=") + 1)), spec).toBe(true);
    const printed = execFileSync(PYTHON, [SCRIPT, ...SETS], {
      encoding: "utf8",
      maxBuffer: 1 << 28,
      stdio: "pipe",
    });
    const entries = JSON.parse(printed) as Record<string, Entry>;
    const different: string[] = [];
    for (const [key, entry] of Object.entries(entries)) {
      const [name = "", ...rest] = key.split("/");
      if ((rest.at(-1) ?? "") in EXCEPTIONS) continue;
      const folder = SETS.find((spec) => spec.startsWith(`${name}=`))?.slice(name.length + 1);
      try {
        const { values } = await readDicom([folder, ...rest].join("/"));
        const hash = sha256(new Uint8Array(Int32Array.from(values).buffer));
        if (hash !== entry.gdcm?.sha256 && hash !== entry.dcmtk?.sha256) different.push(key);
      } catch (error) {
        different.push(`${key}: ${String(error)}`);
      }
    }
    expect(different).toEqual([]);
    // A missing tool would compare nothing and find no difference.
    const compared = Object.values(entries);
    expect(compared.filter((entry) => entry.gdcm).length).toBeGreaterThan(50);
    expect(compared.filter((entry) => entry.dcmtk).length).toBeGreaterThan(50);
  });
});
