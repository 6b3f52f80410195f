/** The child's side of the in-memory row: repeats one round trip for as long as the parent says. */

/** Every variant adds these. */
export const ARGS = { a: 17, b: 25 }
export const SUM = "42"

const BATCH = 32

/** Takes `call`, which makes one `tools/call` of `add` and resolves to the text of the answer. */
export async function serveLoop(call) {
  process.on("disconnect", () => process.exit(0))
  process.on("message", async ({ ms }) => process.send({ slice: await slice(call, ms) }))
  const text = await call()
  if (text !== SUM) throw new Error(`17 + 25 is not \`${text}\``)
  process.send({ ready: true, wire: "in-memory" })
}

async function slice(call, ms) {
  const used = process.cpuUsage()
  const started = performance.now()
  let requests = 0
  let errors = 0
  while (performance.now() - started < ms) {
    for (let index = 0; index < BATCH; index++) if ((await call()) !== SUM) errors++
    requests += BATCH
  }
  const elapsed = performance.now() - started
  const { user, system } = process.cpuUsage(used)
  return { requests, errors, ms: elapsed, cpu: user + system }
}
