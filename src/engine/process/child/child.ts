// The engine's process. Started by spawn-child.ts with a pipe for messages; writes nothing to the application's streams.
import "./child-signals.js";
import { Socket } from "node:net";
import { PIPE_FD } from "../link/spawn-child.js";
import { ChildServer } from "./child-server.js";

new ChildServer(new Socket({ fd: PIPE_FD, readable: true, writable: true }));
