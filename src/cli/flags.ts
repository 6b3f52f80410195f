import { type Command, Option } from "commander"
import type { Host } from "../shared/host.ts"

/** What commander makes of the options of {@link addFlags}. */
export interface FlagOptions {
  readonly http?: true
  readonly stdio?: true
  readonly transport?: string
  readonly port?: string
  readonly host?: string
  readonly path?: string
  readonly logLevel?: string
  readonly logFormat?: string
  readonly envFile?: string
}

/** Settings that were given as flags, by name. */
export type Flags = NonNullable<Host["flags"]>

/** Adds the options that stand for settings. What their values may be the server says, which knows all settings. */
export function addFlags(command: Command): Command {
  return command
    .addOption(new Option("--http", "serve over HTTP").conflicts(["stdio", "transport"]))
    .addOption(new Option("--stdio", "speak over standard input and output").conflicts(["transport"]))
    .addOption(new Option("--transport <name>", "how it is served").choices(["stdio", "http"]))
    .option("--port <number>", "the port to listen on; 0 takes a free one")
    .option("--host <address>", "the address to listen on")
    .option("--path <path>", "the path of the MCP endpoint")
    .option("--log-level <level>", "debug, info, warning, error or silent")
    .option("--log-format <format>", "text or json")
    .option("--env-file <file>", "sets environment variables that are not set")
}

/** Reads the settings that were given. Who says where to listen wants HTTP. */
export function readFlags(options: FlagOptions): Flags {
  const { http, stdio, port, host, path, logLevel, logFormat } = options
  const isPlaced = [port, host, path].some((each) => each !== undefined)
  const transport = options.transport ?? (stdio ? "stdio" : http || isPlaced ? "http" : undefined)
  const all = { transport, port, host, path, logLevel, logFormat }
  return Object.fromEntries(Object.entries(all).filter(([, value]) => value !== undefined))
}
