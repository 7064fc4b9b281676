import path from "node:path";
import { MedGemmaError } from "../../base/errors.js";
import { writeBeside } from "../../base/files/beside.js";
import { parseBounded, SMALL_JSON } from "../../base/files/bounded-json.js";
import { readTextFile } from "../../base/files/read-text.js";
import { makeFolder } from "../../machine/folder.js";
import type { CatalogueEntry } from "./types.js";

interface Acceptance {
  readonly name: string;
  readonly url: string;
  readonly acceptedAt: string;
}

/**
 * Lets a download begin when the user has accepted the model's terms: now (`accept`, or MEDGEMMA_ACCEPT_LICENSE=1), or
 * once before, as licenses.json of the models folder records.
 * @throws MedGemmaError `license_not_accepted`.
 */
export async function requireLicense(
  folder: string,
  { licenseId, license, model }: CatalogueEntry,
  accept: boolean | undefined,
): Promise<void> {
  if (!license.mustAccept || (await isAccepted(folder, licenseId))) return;
  if (!(accept ?? process.env.MEDGEMMA_ACCEPT_LICENSE === "1")) {
    const message = `${model.name} is under the ${license.name} (${license.url}), which nobody has accepted here.`;
    throw new MedGemmaError("license_not_accepted", message, {
      facts: { model: model.name, license: license.name, url: license.url },
    });
  }
  const { name, url } = license;
  const all = {
    ...(await readAll(folder)),
    [licenseId]: { name, url, acceptedAt: new Date().toISOString() },
  };
  await makeFolder(folder);
  await writeBeside(path.join(folder, "licenses.json"), `${JSON.stringify(all, null, 2)}\n`);
}

export async function isAccepted(folder: string, licenseId: string): Promise<boolean> {
  return Object.hasOwn(await readAll(folder), licenseId);
}

async function readAll(folder: string): Promise<Record<string, Acceptance>> {
  const text = await readTextFile(path.join(folder, "licenses.json")).catch(() => "{}");
  try {
    const value: unknown = parseBounded(text, SMALL_JSON);
    return typeof value === "object" && value !== null ? (value as Record<string, Acceptance>) : {};
  } catch {
    return {};
  }
}
