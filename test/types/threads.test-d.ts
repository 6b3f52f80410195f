import { threadPool, threadWork } from "fleetmcp/threads"
import { same } from "./same.ts"

const work = threadWork(import.meta.url, {
  hash({ text }: { readonly text: string }, { signal, progress }) {
    progress(1, 2)
    return signal.aborted ? undefined : text.length
  },
  async now() {
    return new Date()
  },
})
const pool = threadPool(work)

same<number | undefined>()(await pool.run("hash", { text: "x" }))
same<Date>()(await pool.run("now", undefined))

// @ts-expect-error There is no such function.
pool.run("hsah", { text: "x" })
// @ts-expect-error The argument is another.
pool.run("hash", { text: 1 })
