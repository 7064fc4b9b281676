import type { Command } from "commander";
import { EXIT } from "../../base/errors.js";
import { type ListedFile, listAddressedFiles } from "../../models/catalogue/addressed.js";
import { type ListedModel, listModels, removeModel, verifyModels } from "../../models/manage.js";
import type { Interrupt } from "../interrupt.js";
import { clearStatus, inBytes, note, progress, speak, speakJson } from "../terminal.js";

interface ModelsFlags {
  json?: boolean;
}

const EXAMPLES = `
Examples:
  medgemma models                             all names, and which are on this machine
  medgemma models verify                      hash the files that are here; a wrong one is put aside
  medgemma models remove medgemma-4b-it
`;

const MARKS = { here: "here", partial: "begun", absent: "" } as const;

export function addModels(program: Command, interrupt: Interrupt): void {
  const models = program
    .command("models")
    .description("list, verify and remove models")
    .addHelpText("after", EXAMPLES);
  models
    .command("list", { isDefault: true })
    .description("the catalogue, what of it is on this machine, and what was fetched by address")
    .option("--json", "one JSON document on stdout")
    .action(list);
  models
    .command("verify")
    .description("compare the files with their hashes; a wrong one is put aside as FILE.rejected")
    .argument("[name]", "one model, or a file by its address (default: all that are here)")
    .option("--json", "one JSON document on stdout")
    .action((name: string | undefined, flags: ModelsFlags) => verify(name, flags, interrupt.signal));
  models
    .command("remove")
    .description("delete a model's files; a projector that another one needs stays")
    .argument("<name>", "as listed, also hf:OWNER/REPOSITORY/FILE.gguf")
    .option("--json", "one JSON document on stdout")
    .action(remove);
}

async function list({ json }: ModelsFlags): Promise<void> {
  const [models, files] = [await listModels(), await listAddressedFiles()];
  if (json) speakJson({ models, files });
  else speak(table(models) + addressed(files));
}

function table(models: readonly ListedModel[]): string {
  const width = Math.max(4, ...models.map(({ name }) => name.length));
  const row = (name: string, size: string, memory: string, state: string, title: string) =>
    `${name.padEnd(width)}  ${size.padStart(8)}  ${memory.padStart(8)}  ${state.padEnd(5)}  ${title}\n`;
  const size = (bytes: number | undefined) => (bytes === undefined ? "?" : inBytes(bytes));
  const rows = models.map(({ name, bytes, memory, state, title }) =>
    row(name, size(bytes), size(memory), MARKS[state], title),
  );
  return row("NAME", "DISK", "MEMORY", "STATE", "") + rows.join("");
}

/** Their names are long, and nobody has told their memory. */
function addressed(files: readonly ListedFile[]): string {
  if (files.length === 0) return "";
  const rows = files.map(
    ({ name, bytes, state }) => `${inBytes(bytes).padStart(8)}  ${MARKS[state].padEnd(5)}  ${name}\n`,
  );
  return `\nFetched by address:\n${rows.join("")}`;
}

async function verify(name: string | undefined, { json }: ModelsFlags, signal: AbortSignal): Promise<void> {
  const onProgress = (file: string, share: number) => progress(`Hashing ${file}`, share);
  const files = await verifyModels(name, { signal, onProgress }).finally(clearStatus);
  if (json) speakJson({ files });
  else if (files.length === 0) note("There is nothing to verify.");
  else for (const { file, outcome, model } of files) speak(`${outcome.padEnd(8)}  ${file}  (${model})\n`);
  if (files.some(({ outcome }) => outcome === "rejected")) process.exitCode = EXIT.model;
}

async function remove(name: string, { json }: ModelsFlags): Promise<void> {
  const removed = await removeModel(name);
  if (json) speakJson({ removed });
  else speak(removed.map((file) => `removed  ${file}\n`).join(""));
  if (removed.length === 0 && !json) note("There was nothing to remove.");
}
