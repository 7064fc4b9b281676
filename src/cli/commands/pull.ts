import type { Command } from "commander";
import { type PulledModel, pullModel } from "../../models/pull.js";
import { showDownload, withLicense } from "../download.js";
import { ACCEPT_LICENSE_FLAG } from "../flags.js";
import type { Interrupt } from "../interrupt.js";
import { clearStatus, speak, speakJson } from "../terminal.js";

const EXAMPLES = `
Examples:
  medgemma pull medgemma-1.5-4b-it            model and projector, 3.3 GB
  medgemma pull medgemma-1.5-4b-it:Q8_0       another quantisation
  medgemma pull hf:OWNER/REPOSITORY/FILE.gguf --mmproj hf:OWNER/REPOSITORY/mmproj-F16.gguf
  HF_TOKEN=... medgemma pull NAME             where the hub asks for a token
  MEDGEMMA_HUB=https://hub.example medgemma pull NAME

What was begun is continued: run the same again. docs/models.md tells what is checked and where the files are.
`;

interface PullFlags {
  mmproj?: string;
  acceptLicense?: boolean;
  quiet?: boolean;
  json?: boolean;
}

export function addPull(program: Command, interrupt: Interrupt): void {
  program
    .command("pull")
    .description("fetch a model and its projector, verified")
    .argument("<name>", "as `medgemma models` lists them, or hf:OWNER/REPOSITORY/FILE.gguf[@REVISION]")
    .option("-p, --mmproj <address>", "the projector's address, hf:OWNER/REPOSITORY/FILE.gguf[@REVISION]")
    .option(...ACCEPT_LICENSE_FLAG)
    .option("-q, --quiet", "no progress on stderr")
    .option("--json", "one JSON document on stdout")
    .addHelpText("after", EXAMPLES)
    .action((name: string, flags: PullFlags) => pull(name, flags, interrupt));
}

async function pull(name: string, flags: PullFlags, { signal }: Interrupt): Promise<void> {
  const onProgress = showDownload();
  let pulled: PulledModel;
  try {
    pulled = await withLicense(flags.acceptLicense, signal, (accept) =>
      pullModel(name, {
        ...accept,
        ...(flags.mmproj && { projector: flags.mmproj }),
        ...(!flags.quiet && { onProgress }),
        signal,
      }),
    );
  } finally {
    clearStatus();
  }
  const { model, projector } = pulled;
  if (flags.json) speakJson(pulled);
  else speak([model, projector, ""].filter((line) => line !== undefined).join("\n"));
}
