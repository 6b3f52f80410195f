import { binaryOf } from "./binary.ts"
import { start } from "./program.ts"
import { describeRuns } from "./runs.ts"
import { describeServed } from "./served.ts"

const deno = binaryOf("deno")

describeServed("the default export, served by Deno", async () => {
  const args = ["serve", "--allow-read", "--host", "127.0.0.1", "--port", "0", "server.ts"]
  const program = start(deno, args)
  const [, origin = ""] = await program.until(/(http:\/\/127\.0\.0\.1:\d+)/)
  return { origin, stop: program.stop }
})

describeRuns("Deno", deno, ["run", "--allow-all"])
