/** Starts and talks to the measured processes. */
import { fork, spawn } from "node:child_process"
import { once } from "node:events"
import net from "node:net"
import { fileURLToPath } from "node:url"
import { LEGACY_PROTOCOL, PROTOCOL } from "./catalog.mjs"
import { cpuOfPid, memoryOfPid } from "./proc.mjs"
import { python } from "./python.mjs"
import { initialize } from "./wire.mjs"

const ANSWER_MS = 60_000

async function freePort() {
  const probe = net.createServer().listen(0, "127.0.0.1")
  await once(probe, "listening")
  const { port } = probe.address()
  probe.close()
  await once(probe, "close")
  return port
}

/**
 * Starts `servers/<name>.mjs` with a catalog of `size` and resolves when it serves. `dist` is another build of ours
 * than the one to measure, as a file URL.
 */
export async function startServer(name, size, dist) {
  const port = await freePort()
  const env = dist === undefined ? {} : { FLEETMCP_DIST: dist }
  const args = [JSON.stringify({ port, ...size })]
  const isPython = name.endsWith("-python")
  const target = isPython
    ? await startPython(name, args, port)
    : await startChild(`servers/${name}.mjs`, args, env)
  Object.assign(target, { name, port })
  if (target.wire !== PROTOCOL) {
    try {
      target.session = await initialize(target)
    } catch (error) {
      await stop(target)
      throw error
    }
  }
  return target
}

/** Starts a file of this folder, by another Node if need be, and resolves to what it said in its ready message. */
export async function startChild(file, args, ownEnv = {}, execPath = process.execPath) {
  const env = { ...process.env, NODE_ENV: "production", ...ownEnv }
  const url = new URL(`../${file}`, import.meta.url)
  const execArgv = [...process.execArgv, "--expose-gc"]
  const child = fork(url, args, { stdio: ["ignore", "pipe", "pipe", "ipc"], env, execPath, execArgv })
  const said = listenTo(child)
  try {
    const { wire, path } = await messageOf(child, "ready")
    const target = { child, wire, path }
    return {
      ...target,
      cpu: async () => sum(await ask(target, "usage", "usage")),
      memory: () => ask(target, "memory", "memory"),
    }
  } catch (error) {
    child.kill("SIGKILL")
    throw new Error(said() === "" ? error.message : summary(said()), { cause: error })
  }
}

const sum = ({ user, system }) => user + system

/** Starts a server of Python, which tells nothing: it serves when its port is open. */
async function startPython(name, args, port) {
  const file = fileURLToPath(new URL(`../servers/${name}.py`, import.meta.url))
  const child = spawn(python(), [file, ...args], { stdio: ["ignore", "pipe", "pipe"] })
  const said = listenTo(child)
  const deadline = performance.now() + ANSWER_MS
  while (!(await isOpen(port))) {
    if (child.exitCode !== null || performance.now() > deadline) {
      child.kill("SIGKILL")
      throw new Error(said() === "" ? "the process does not listen" : said().trim().split("\n").at(-1))
    }
    await new Promise((resolve) => setTimeout(resolve, 50))
  }
  const { pid } = child
  return {
    child,
    wire: LEGACY_PROTOCOL,
    path: "/mcp",
    cpu: () => cpuOfPid(pid),
    memory: () => memoryOfPid(pid),
  }
}

function isOpen(port) {
  return new Promise((resolve) => {
    const socket = net.connect({ port, host: "127.0.0.1" })
    socket.once("connect", () => resolve(true)).once("error", () => resolve(false))
    socket.once("connect", () => socket.destroy())
  })
}

/** Gives the last of what a process said. */
function listenTo({ stdout, stderr }) {
  let said = ""
  for (const stream of [stdout, stderr]) {
    stream.on("data", (chunk) => {
      said = (said + chunk).slice(-4000)
    })
  }
  return () => said
}

/** The line of a dump that says what went wrong, without the places of this machine. */
function summary(said) {
  const lines = said.split("\n").map((line) => line.trim())
  const line = lines.find((text) => /^\w*Error\b.*:/.test(text)) ?? lines.find((text) => text !== "") ?? said
  return line.replace(/(?:file:\/\/)?\/\S*\/(?=[\w.-]+)/g, "")
}

/** Resolves to the next message of the child that has `field`. */
function messageOf(child, field) {
  return new Promise((resolve, reject) => {
    const settle = (finish, value) => {
      clearTimeout(timer)
      child.off("message", onMessage)
      child.off("exit", onExit)
      finish(value)
    }
    const onMessage = (message) => message[field] && settle(resolve, message)
    const onExit = (code, signal) => settle(reject, new Error(`the process ended with ${signal ?? code}`))
    const timer = setTimeout(() => settle(reject, new Error("the process does not answer")), ANSWER_MS)
    child.on("message", onMessage)
    child.on("exit", onExit)
    if (child.exitCode !== null || child.signalCode !== null) onExit(child.exitCode, child.signalCode)
  })
}

/** Sends a command to the child and resolves to the `field` of its answer. */
export async function ask({ child }, command, field) {
  const answer = messageOf(child, field)
  if (child.connected) child.send(command)
  return (await answer)[field]
}

/** Ends the process. */
export async function stop({ child }) {
  if (child.exitCode !== null || child.signalCode !== null) return
  const gone = once(child, "exit")
  child.kill("SIGKILL")
  await gone
}
