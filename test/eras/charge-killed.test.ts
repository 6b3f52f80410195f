import { spawn } from "node:child_process"
import { once } from "node:events"
import { mkdtempSync, readFileSync, rmSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { createInterface } from "node:readline"
import { expect, it, onTestFinished } from "vitest"
import { accept, answerAll, retry } from "../support/asking.ts"
import { call, capable, type Fields, type Rpc } from "../support/rpc.ts"

it("a card is charged once though the process is killed right after it, and the error says that nobody knows", {
  timeout: 90_000,
}, async () => {
  const folder = mkdtempSync(join(tmpdir(), "fleetmcp-shop-"))
  onTestFinished(() => rmSync(folder, { recursive: true }))
  const charges = join(folder, "charges.txt")
  const first = call("order", { amount: 5 }, capable())
  const next = (result: Fields) =>
    retry(
      first,
      result,
      answerAll(result, () => accept({})),
    )

  const mortal = shop(folder, charges, "dies")
  let request = first
  for (let round = 0; round < 3; round++) request = next(await mortal.ask(request))
  mortal.send(request)
  expect(await mortal.ended).toEqual([null, "SIGKILL"])

  const other = shop(folder, charges)
  for (let attempt = 0; attempt < 2; attempt++) {
    expect(await other.ask(request)).toMatchObject({
      isError: true,
      content: [{ text: expect.stringContaining("outcome is unknown") }],
    })
  }
  expect(readFileSync(charges, "utf8")).toMatch(/^5 [\w-]{43}\n$/)
})

/** Starts a shop in a process of its own. */
function shop(folder: string, charges: string, mode = "lives") {
  const args = ["--import", "tsx", "test/eras/fixtures/shop.ts", join(folder, "storage"), charges, mode]
  const child = spawn(process.execPath, args, { stdio: ["pipe", "pipe", "inherit"] })
  onTestFinished(() => void child.kill("SIGKILL"))
  const lines = createInterface(child.stdout)
  const send = (request: Rpc) => void child.stdin.write(`${JSON.stringify(request)}\n`)
  return {
    send,
    ended: once(child, "exit"),
    async ask(request: Rpc): Promise<Fields> {
      const answer = once(lines, "line")
      send(request)
      return JSON.parse((await answer)[0])
    },
  }
}
