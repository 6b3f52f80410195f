import { connect, type Socket } from "node:net"
import { onTestFinished } from "vitest"
import type { HttpRequest } from "./messages.ts"

/** A connection on which a test writes whatever it likes. */
export interface Raw {
  readonly socket: Socket
  write(bytes: string | Uint8Array): void
  /** Resolves to all that came when it matches. */
  until(pattern: RegExp): Promise<string>
  /** Resolves to all that came when the connection is over. */
  readonly closed: Promise<string>
}

export function open(port: number, { allowHalfOpen = false } = {}): Raw {
  const socket = connect({ port, host: "127.0.0.1", allowHalfOpen })
  let text = ""
  let notice: () => void = () => undefined
  socket.setEncoding("latin1").on("data", (chunk) => {
    text += chunk
    notice()
  })
  socket.on("error", () => undefined)
  onTestFinished(() => void socket.destroy())
  const closed = new Promise<string>((resolve) => socket.once("close", () => resolve(text)))
  const until = (pattern: RegExp) =>
    new Promise<string>((resolve, reject) => {
      notice = () => {
        if (pattern.test(text)) resolve(text)
      }
      socket.once("close", () => reject(new Error(`the connection was closed after: ${text.slice(-500)}`)))
      notice()
    })
  return { socket, closed, until, write: (bytes) => void socket.write(bytes) }
}

/** Writes a request as HTTP/1.1 text. */
export function wire({ method = "GET", path = "/mcp", headers = {}, body }: HttpRequest): string {
  const length = typeof body === "string" ? { "content-length": String(Buffer.byteLength(body)) } : {}
  const lines = Object.entries({ host: "127.0.0.1", ...length, ...headers }).flatMap(([name, value]) =>
    value === undefined ? [] : [`${name}: ${value}`],
  )
  return `${method} ${path} HTTP/1.1\r\n${lines.join("\r\n")}\r\n\r\n${typeof body === "string" ? body : ""}`
}

/** The statuses of the answers in what came. */
export function statuses(text: string): readonly number[] {
  return [...text.matchAll(/HTTP\/1\.1 (\d{3}) /g)].map(([, status]) => Number(status))
}
