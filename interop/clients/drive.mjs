import { createInterface } from "node:readline"

/**
 * Lets the checks drive a client: a line of input is `{ id, verb, args }`, answered with `{ id, result }` or
 * `{ id, error }`, or `{ cancel: id }`. What the client hears meanwhile is told as `{ event, value }`.
 */
export async function drive(makeVerbs) {
  const say = (line) => process.stdout.write(`${JSON.stringify(line)}\n`)
  const verbs = makeVerbs((event, value) => say({ event, value }))
  const running = new Map()

  async function run({ id, verb, args = {} }) {
    const controller = new AbortController()
    running.set(id, controller)
    try {
      say({ id, result: (await verbs[verb](args, controller.signal)) ?? null })
    } catch (error) {
      say({ id, error: { code: error.code ?? null, message: `${error.name}: ${error.message}` } })
    }
    running.delete(id)
  }

  for await (const line of createInterface({ input: process.stdin })) {
    const { cancel, ...command } = JSON.parse(line)
    if (cancel === undefined) void run(command)
    else running.get(cancel)?.abort()
  }
  // Whoever drove it is gone, and with it what was left open.
  process.exit()
}
