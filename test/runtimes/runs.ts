import { readdirSync, readFileSync, readlinkSync } from "node:fs"
import { describe, expect, it } from "vitest"
import { callTool, eventsOf } from "../http/messages.ts"
import { type Program, startForTest } from "./program.ts"

const initialize = {
  jsonrpc: "2.0",
  id: 1,
  method: "initialize",
  params: { protocolVersion: "2025-11-25", capabilities: {}, clientInfo: { name: "reader", version: "1" } },
}
const call = (name: string, args: object) => ({
  jsonrpc: "2.0",
  id: 2,
  method: "tools/call",
  params: { name, arguments: args },
})

/** Declares the tests of programs that run their server themselves and export it too. */
export function describeRuns(name: string, command: string, args: readonly string[]): void {
  // The port that Bun would take for what is exported.
  const run = (program: string) => startForTest(command, [...args, program], { env: { PORT: "0" } })

  describe(`a program of ${name} that runs its server on stdio`, () => {
    it.each(["runs-stdio.ts", "runs-stdio-later.ts"])(
      "writes messages alone, and listens nowhere: %s",
      async (file) => {
        const program = run(file)
        program.send(initialize)
        program.send(call("steps", { steps: 2 }))
        await program.until(/"id":2/)
        expect(listeningPorts(program)).toEqual([])
        const ids = program.said.stdout
          .trim()
          .split("\n")
          .map((line) => JSON.parse(line).id)
        expect(ids).toEqual([1, 2])
      },
    )

    it("serves a client of the stateless era", async () => {
      const program = run("runs-stdio.ts")
      program.send(JSON.parse(String(callTool("whoami").body)))
      expect((await program.until(/.*"id":1.*/))[0]).toContain('"text":"test"')
    })

    it("ends without an error when its client ends the input", async () => {
      const program = run("runs-stdio.ts")
      program.send(initialize)
      program.send(call("add", { a: 1, b: 2 }))
      program.child.stdin?.end()
      expect([await program.exited, program.said.stderr]).toEqual([
        0,
        expect.not.stringMatching(/Uncaught|TypeError/),
      ])
      expect(program.said.stdout).toContain('"structuredContent":{"result":3}')
    })

    it("ends by the signal that it is told to end by", async () => {
      const program = run("runs-stdio.ts")
      program.send(initialize)
      await program.until(/"id":1/)
      program.child.kill("SIGTERM")
      expect(await program.exited).toBe("SIGTERM")
    })
  })

  describe(`a program of ${name} that runs its server over HTTP`, () => {
    it("is served once, with streams, and ends by the signal", async () => {
      const program = run("runs-http.ts")
      const [, url = ""] = await program.until(/running at (\S+)/)
      const { headers, body } = callTool("steps", { steps: 2 }, { meta: { progressToken: 1 } })
      // Requests of `messages.ts` have texts for bodies, and leave no header out.
      const answer = await fetch(url, { method: "POST", headers, body } as RequestInit)
      expect(eventsOf(await answer.text())).toHaveLength(3)
      expect(listeningPorts(program)).toEqual([Number(new URL(url).port)])
      program.child.kill("SIGTERM")
      expect(await program.exited).toBe("SIGTERM")
    })
  })
}

/** The TCP ports on which a process listens, as Linux tells. */
function listeningPorts({ child: { pid } }: Program): readonly number[] {
  const sockets = new Set(
    readdirSync(`/proc/${pid}/fd`).flatMap((fd) => {
      try {
        return /^socket:\[(\d+)\]$/.exec(readlinkSync(`/proc/${pid}/fd/${fd}`))?.[1] ?? []
      } catch {
        // Closed meanwhile.
        return []
      }
    }),
  )
  const rows = ["tcp", "tcp6"].flatMap((table) =>
    readFileSync(`/proc/${pid}/net/${table}`, "utf8").trim().split("\n").slice(1),
  )
  return rows.flatMap((row) => {
    const [, local = "", , state, , , , , , inode = ""] = row.trim().split(/\s+/)
    // `0A` is LISTEN.
    return state === "0A" && sockets.has(inode) ? Number.parseInt(local.split(":")[1] ?? "", 16) : []
  })
}
