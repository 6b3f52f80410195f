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

const length = await pool.run("hash", { text: "x" })
same<number | undefined>()(length)

const now = await pool.run("now", undefined)
same<Date>()(now)

// @ts-expect-error There is no such function.
pool.run("hsah", { text: "x" })
// @ts-expect-error The argument is another.
pool.run("hash", { text: 1 })
