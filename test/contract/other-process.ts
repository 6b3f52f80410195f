import { fork } from "node:child_process"
import { once } from "node:events"
import { fileURLToPath } from "node:url"
import type { StorageDriver } from "../../src/storage/storage.ts"
import type { StorageWork } from "../../src/testing/contract/storage-work.ts"

/** What another process asks of the storage. */
export interface Asked {
  readonly id: number
  readonly method: "get" | "write" | "list" | "increment"
  readonly args: readonly unknown[]
}

/** What it is answered. */
export interface Told {
  readonly id: number
  readonly answer: unknown
}

const program = fileURLToPath(new URL("./fixtures/other-process.ts", import.meta.url))

/** Has another process work on a storage that lies in this one. */
export async function workElsewhere(driver: StorageDriver, work: StorageWork): Promise<readonly string[]> {
  const child = fork(program, [JSON.stringify(work)], {
    execArgv: ["--import", "tsx"],
    // `undefined` is an answer, which JSON cannot say.
    serialization: "advanced",
  })
  const got = new Promise<readonly string[]>((resolve, reject) => {
    child.once("error", reject)
    child.once("exit", (code) => reject(new TypeError(`the other process ended with ${code}`)))
    child.on("message", async (message: Asked | { readonly got: readonly string[] }) => {
      if ("got" in message) return resolve(message.got)
      // The method is one of the driver's, and the arguments are those of the other process' call of it.
      const method = driver[message.method] as (...args: readonly unknown[]) => unknown
      child.send({ id: message.id, answer: await method(...message.args) } satisfies Told)
    })
  })
  try {
    return await got
  } finally {
    if (child.connected) child.disconnect()
    if (child.exitCode === null && child.signalCode === null) await once(child, "exit")
  }
}
