import { join } from "node:path"
import { freePort } from "../tools/child.ts"
import { findProgram, mongoFolder, mongoLibraries } from "./install.ts"
import { dataFolder, runService, type Service } from "./service.ts"

/** Starts what stands in for MongoDB: it speaks its protocol, keeps everything in memory and asks for no password. */
export async function mongoService(): Promise<Service> {
  const port = await freePort()
  return runService(`mongodb://127.0.0.1:${port}/app`, dataFolder(), {
    command: findProgram("java"),
    args: ["-cp", join(mongoLibraries, "*"), join(mongoFolder, "MongoServer.java"), String(port)],
    ready: /ready/,
    crash: "SIGKILL",
  })
}
