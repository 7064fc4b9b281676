/** Compiles llama-server at the commit this package is built on, and prints its path: what MEDGEMMA_LLAMA_SERVER takes. */
import path from "node:path";
import { llamaTools } from "./llama-cpp.js";

console.log(path.join(await llamaTools(["llama-server"]), "llama-server"));
