import { expect, it } from "vitest"
import { Peer } from "./peer.ts"

it("fails what is asked of a program that cannot be started, and ends", async () => {
  const peer = new Peer(["no-such-program"])
  await expect(peer.ask("open")).rejects.toThrow("ENOENT")
  expect(await peer.end()).toBe(true)
})

it("fails what is asked of a program that ends", async () => {
  const peer = new Peer([process.execPath, "--eval", "process.exit(3)"])
  await expect(peer.ask("open")).rejects.toThrow("The client ended with code 3.")
  await peer.end()
})

it("fails what is asked of a program that says something else", async () => {
  const peer = new Peer([process.execPath, "--eval", "console.log('Hello'); setInterval(() => 0, 1000)"])
  await expect(peer.ask("open")).rejects.toThrow("The client said what is no answer: Hello")
  peer.kill()
  await peer.end()
})
