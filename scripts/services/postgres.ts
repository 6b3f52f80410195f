import { chownSync, writeFileSync } from "node:fs"
import { join } from "node:path"
import { freePort } from "../tools/child.ts"
import { capture } from "../tools/run.ts"
import { findProgram } from "./install.ts"
import { dataFolder, runService, type Service } from "./service.ts"

/** Starts a PostgreSQL with a user `fleet`, who has a password, and a database `postgres`. */
export async function postgresService(): Promise<Service> {
  const folder = dataFolder()
  const password = crypto.randomUUID()
  const passwordFile = join(folder, "password")
  writeFileSync(passwordFile, password)
  const owner = await ordinaryUser()
  if (owner !== undefined) for (const path of [folder, passwordFile]) chownSync(path, owner.uid, owner.gid)
  const data = join(folder, "data")
  const port = await freePort()
  const options = { cwd: folder, ...owner }
  const settings = ["--username=fleet", "--auth=scram-sha-256", `--pwfile=${passwordFile}`, "--encoding=UTF8"]
  const { code, output } = await capture(
    findProgram("initdb"),
    [`--pgdata=${data}`, "--locale=C", "--no-sync", ...settings],
    options,
  )
  if (code !== 0) throw new Error(`\`initdb\` failed:\n${output}`)
  return runService(`postgres://fleet:${password}@127.0.0.1:${port}/postgres`, folder, {
    command: findProgram("postgres"),
    args: ["-D", data, "-p", String(port), "-h", "127.0.0.1", "-k", folder, "-c", "max_connections=40"],
    options,
    ready: /database system is ready to accept connections/,
    // Its processes end at once and write nothing more; it recovers from its log at the next start.
    crash: "SIGQUIT",
  })
}

/** Whom PostgreSQL runs as where it would run as root, which it refuses. */
async function ordinaryUser(): Promise<{ readonly uid: number; readonly gid: number } | undefined> {
  if (process.getuid?.() !== 0) return undefined
  const [uid, gid] = await Promise.all(["-u", "-g"].map((which) => capture("id", [which, "postgres"])))
  if (uid?.code !== 0 || gid?.code !== 0) throw new Error("There is no user `postgres` to run PostgreSQL as.")
  return { uid: Number(uid.output), gid: Number(gid.output) }
}
