import { resolve } from "node:path"
import { pathToFileURL } from "node:url"
import { WrongUsage } from "../../errors/dialogue.ts"
import type { MessageHandler } from "../../protocol/transport.ts"

/** What is used of a server, which may be of another copy of this package. */
export interface ServerLike {
  readonly handler: MessageHandler
  start(): Promise<void>
  close(options?: { readonly graceMs?: number }): Promise<void>
  fingerprint(): Promise<{ readonly [key: string]: string }>
}

/** A server that was found in a module. */
export interface LoadedServer {
  readonly server: ServerLike
  readonly file: string
  readonly exportName: string | undefined
  readonly run: object | undefined
  dispose(): Promise<void>
}

/** Loads the server that a module exports. */
export async function loadServer(file: string): Promise<LoadedServer> {
  const module: { readonly default?: ServerLike } = await import(pathToFileURL(resolve(file)).href)
  if (module.default === undefined) throw new WrongUsage(`\`${file}\` exports no server.`)
  return {
    server: module.default,
    file,
    exportName: "default",
    run: undefined,
    dispose: () => Promise.resolve(),
  }
}
