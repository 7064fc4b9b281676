import { type ChildProcess, execFile, spawn } from "node:child_process";
import { cpSync, mkdirSync, readFileSync, realpathSync, rmSync, writeFileSync } from "node:fs";
import { mkdtemp } from "node:fs/promises";
import { createServer } from "node:net";
import os from "node:os";
import path from "node:path";
import { promisify } from "node:util";
import { type CodeBlock, codeBlocks, repository } from "./pages.js";

const run = promisify(execFile);

/** What the recipes name; the versions that the pages tell. */
const APPLICATION = {
  next: "16.4.6",
  react: "19.3.1",
  "react-dom": "19.3.1",
  express: "5.3.0",
  multer: "2.5.0",
  esbuild: "0.28.2",
  vite: "8.3.8",
};
const RUNTIMES = { bun: "1.4.5", deno: "2.9.6", pnpm: "12.21.0" };
// As docs/install.md says: the recipes are the same without CUDA, and half a gigabyte smaller.
const NOTHING = "npm:empty-npm-package@1.0.0";
const OVERRIDES = {
  "node-llama-cpp": {
    "@node-llama-cpp/linux-x64-cuda": NOTHING,
    "@node-llama-cpp/linux-x64-cuda-ext": NOTHING,
  },
};

const platform = `${process.platform}-${process.arch}`;
const LIBRARIES = path.join("node_modules", "@node-llama-cpp", platform, "bins", platform);

/** An application that has installed this package as npm packs it, in a folder of its own. */
export class Application {
  readonly tarball: string;
  private readonly tools: string;

  private constructor(
    /** Its folder. */
    readonly folder: string,
    readonly home: string,
    tarball: string,
  ) {
    this.tarball = tarball;
    this.tools = path.join(home, "tools", "node_modules", ".bin");
  }

  static async create(): Promise<Application> {
    const home = await mkdtemp(path.join(os.tmpdir(), "medgemma-application-"));
    const pack = ["pack", "--ignore-scripts", "--silent", "--pack-destination", home];
    const { stdout } = await run("npm", pack, { cwd: repository });
    const application = new Application(path.join(home, "app"), home, path.join(home, stdout.trim()));
    const dependencies = { medgemma: `file:${application.tarball}`, ...APPLICATION };
    await install(application.folder, { dependencies, overrides: OVERRIDES }, ["--ignore-scripts"]);
    // The binaries of these come by their scripts.
    await install(path.join(home, "tools"), { dependencies: RUNTIMES }, []);
    application.addAddon(application.folder);
    cpSync(
      path.join(repository, "examples/images/chest-021.png"),
      path.join(application.folder, "chest.png"),
    );
    return application;
  }

  /**
   * The addon of this clone, instead of a compilation, which takes minutes. That one would know where its libraries are;
   * this one is told, here and by `environment`.
   */
  addAddon(application: string): void {
    const at = path.join(
      realpathSync(path.join(application, "node_modules", "medgemma")),
      "build",
      "Release",
    );
    cpSync(path.join(repository, "build", "Release", "medgemma.node"), path.join(at, "medgemma.node"));
    const info = { mode: "linked", backends: path.relative(at, path.join(this.folder, LIBRARIES)), gpu: {} };
    writeFileSync(path.join(at, "build-info.json"), JSON.stringify(info));
  }

  environment(application = this.folder, more: NodeJS.ProcessEnv = {}): NodeJS.ProcessEnv {
    const { NODE_OPTIONS: _, VITEST: _vitest, NODE_ENV: _env, ...env } = process.env;
    const bin = [path.join(this.folder, "node_modules", ".bin"), this.tools, process.env.PATH ?? ""];
    const LD_LIBRARY_PATH = path.join(application, LIBRARIES);
    const MEDGEMMA_SKIP_BUILD = "1";
    const NEXT_TELEMETRY_DISABLED = "1";
    return {
      ...env,
      PATH: bin.join(path.delimiter),
      LD_LIBRARY_PATH,
      MEDGEMMA_SKIP_BUILD,
      NEXT_TELEMETRY_DISABLED,
      ...more,
    };
  }

  /** Writes the files of a page's section, and gives its commands. */
  take(page: string, heading: string, folder = this.folder): string[] {
    const blocks = codeBlocks(page);
    const own = (block: CodeBlock) => block.heading === heading;
    // What stands above the first recipe is of all.
    const ofAll = (block: CodeBlock) => block.heading === blocks[0]?.heading;
    for (const { file, code } of blocks.filter((block) => own(block) || ofAll(block))) {
      if (file === undefined) continue;
      const at = path.join(folder, file);
      mkdirSync(path.dirname(at), { recursive: true });
      writeFileSync(at, code);
    }
    const commands = blocks.filter((block) => own(block) && block.language === "sh");
    return commands.flatMap(({ code }) => code.trim().split("\n"));
  }

  async shell(command: string, folder = this.folder, env = this.environment(folder)): Promise<string> {
    const { stdout } = await run("sh", ["-c", command], {
      cwd: folder,
      env,
      maxBuffer: 1 << 26,
    });
    return stdout;
  }

  dispose(): void {
    rmSync(this.home, { recursive: true, force: true });
  }
}

/** A server that a command starts, on a port of its own. */
export async function serve(command: string, folder: string, env: NodeJS.ProcessEnv) {
  const port = await freePort();
  const HOSTNAME = "127.0.0.1";
  const child = spawn("sh", ["-c", `exec ${command}`], {
    cwd: folder,
    env: { ...env, PORT: String(port), HOSTNAME },
    stdio: ["ignore", "pipe", "pipe"],
  });
  let log = "";
  for (const stream of [child.stdout, child.stderr]) stream.on("data", (piece) => (log += piece));
  const closed = new Promise<void>((resolve) => child.on("close", () => resolve()));
  const url = `http://${HOSTNAME}:${port}/api/ask`;
  const stop = () => {
    child.kill();
    return closed;
  };
  return { url, log: () => log, ready: () => listening(child, port), stop };
}

export function upload(url: string, picture: string, question: string): Promise<Response> {
  const form = new FormData();
  form.append("picture", new File([readFileSync(picture)], path.basename(picture)));
  form.append("question", question);
  return fetch(url, { method: "POST", body: form });
}

async function install(folder: string, manifest: object, flags: readonly string[]): Promise<void> {
  mkdirSync(folder);
  const text = JSON.stringify({
    name: "application",
    version: "1.0.0",
    private: true,
    type: "module",
    ...manifest,
  });
  writeFileSync(path.join(folder, "package.json"), text);
  await run("npm", ["install", "--no-audit", "--no-fund", "--prefer-offline", ...flags], { cwd: folder });
}

async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const address = server.address();
  await new Promise((resolve) => server.close(resolve));
  if (address === null || typeof address === "string") throw new Error("no port");
  return address.port;
}

async function listening(child: ChildProcess, port: number): Promise<void> {
  while (child.exitCode === null) {
    const answered = await fetch(`http://127.0.0.1:${port}/`).then(
      () => true,
      () => false,
    );
    if (answered) return;
    await new Promise((resolve) => setTimeout(resolve, 200));
  }
  throw new Error("the server has ended");
}
