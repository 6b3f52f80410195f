import variant from "@jitl/quickjs-wasmfile-release-sync"
import { newQuickJSWASMModuleFromVariant } from "quickjs-emscripten-core"
import { describe, expect, it } from "vitest"
import { type ProgramHost, runProgram } from "./quickjs-program.ts"

const module = await newQuickJSWASMModuleFromVariant(variant as never)
const limits = { cpuMs: 300, wallMs: 2000, memoryMb: 16, resultSize: 10_000, logSize: 100 }
const echo: ProgramHost = {
  call: async (text) => ({ ok: true, text: JSON.stringify({ got: JSON.parse(text) }) }),
}
const run = (code: string, host: ProgramHost = echo) =>
  runProgram(module, { code, limits, now: 1000, seed: 7 }, host)
const value = async (code: string, host?: ProgramHost) => {
  const result = await run(code, host)
  return result.ok ? result.value : `failed: ${result.error}`
}

describe("runProgram()", () => {
  it.each([
    ["return 1 + 1", 2],
    ["const a = await callTool('x', { y: 1 }); return a.got", ["x", { y: 1 }]],
    ["return (await tools.find_it({ z: 2 })).got", ["find_it", { z: 2 }]],
    ["return (await Promise.all([1, 2, 3].map((n) => callTool('t', { n })))).length", 3],
    [
      "return [Date.now(), new Date().getTime(), new Date(5).getTime(), new Date() instanceof Date]",
      [1000, 1000, 5, true],
    ],
    ["return 'a\\u0000b'", "a\u0000b"],
    ["return (await callTool('n', { t: 'a\\u0000b' })).got[1].t", "a\u0000b"],
    ["return eval('1 + 2')", 3],
    ["return", undefined],
  ])("runs %j", async (code, expected) => expect(await value(code)).toEqual(expected))

  it.each([
    "return typeof process + typeof require + typeof fetch + typeof setTimeout + typeof WebAssembly + typeof importScripts",
    "return [].constructor.constructor('return typeof process + typeof require + typeof fetch + typeof setTimeout + typeof WebAssembly + typeof importScripts')()",
    "const r = await callTool('x'); return r.constructor.constructor('return typeof process + typeof require + typeof fetch + typeof setTimeout + typeof WebAssembly + typeof importScripts')()",
    "return callTool.constructor('return typeof process + typeof require + typeof fetch + typeof setTimeout + typeof WebAssembly + typeof importScripts')()",
    "try { null.x } catch (e) { return e.constructor.constructor('return typeof process + typeof require + typeof fetch + typeof setTimeout + typeof WebAssembly + typeof importScripts')() }",
    "return console.log.constructor('return typeof process + typeof require + typeof fetch + typeof setTimeout + typeof WebAssembly + typeof importScripts')()",
  ])("has nothing of ours in reach of %j", async (code) =>
    expect(await value(code)).toBe("undefined".repeat(6)),
  )

  it("has no modules", async () => {
    expect(await value("return import('fs')")).toMatch(/failed/)
  })

  it("keeps nothing from one run to the next", async () => {
    await run(
      "Object.prototype.evil = 1; Array.prototype.map = null; globalThis.left = 1; Math.random = () => 4; return 1",
    )
    expect(await value("return [{}.evil ?? null, typeof [].map, typeof left]")).toEqual([
      null,
      "function",
      "undefined",
    ])
  })

  it("does the same each time", async () => {
    const code = "return [Math.random(), Math.random(), Date.now()]"
    expect(await value(code)).toEqual(await value(code))
  })

  it.each([
    ["while (true) {}", "computed for more"],
    ["const f = () => Promise.resolve().then(f); await f()", "computed for more"],
    ["await callTool('x'); for (;;) await null", "computed for more"],
    ["return /(a+)+$/.test('a'.repeat(40) + 'b')", "computed for more"],
    ["try { while (true) {} } catch { return 'caught' }", "computed for more"],
    [
      "const f = async () => { try { while (true) {} } finally { await f() } }; await f()",
      "computed for more",
    ],
    ["await new Promise(() => {})", "never comes"],
    ["const f = () => f(); f()", "overflow"],
    ["const a = []; for (;;) a.push(new Uint8Array(5e6))", "e"],
    ["return 'x'.repeat(2 ** 28)", "memory"],
    ["return 'x'.repeat(20000)", "the most is 10000"],
    ["return 1n", "BigInt"],
    ["const a = {}; a.a = a; return a", "circular"],
    ["await callTool('x', { a: 1n })", "BigInt"],
    ["const a = {}; a.a = a; await callTool('x', a)", "circular"],
    ["await callTool('x', { get a() { throw new Error('mine') } })", "mine"],
    ["await callTool('x', 1)", "must be an object"],
    ["await callTool({ toString: () => 'x' })", "must be a string"],
    ["return { toJSON() { while (true) {} } }", "computed for more"],
    ["return { then(go) { while (true) {} } }", "computed for more"],
    ["syntax error here", "SyntaxError"],
    ["throw new Error('why')", "why"],
    ["throw { get a() { throw 1 } }", "cannot be shown"],
  ])(
    "ends %j",
    async (code, expected) => {
      const text = String(await value(code))
      expect(text).toMatch(/^failed/)
      expect(text.toLowerCase()).toContain(expected.toLowerCase())
      expect(await value("return 'well'")).toBe("well")
    },
    20_000,
  )

  it("gives errors of tools to the program, by their message alone", async () => {
    const host: ProgramHost = { call: async () => ({ ok: false, text: '"No."' }) }
    expect(
      await value(
        "try { await callTool('x') } catch (e) { return [e.message, e instanceof Error, Object.keys(e)] }",
        host,
      ),
    ).toEqual(["No.", true, []])
  })

  it("bounds what is logged", async () => {
    const { logs } = await run("for (let i = 0; i < 1e3; i++) console.log('line', i, { i }); return 1")
    expect(logs.join("").length).toBeLessThan(110)
    expect(logs[0]).toBe('line 0 {"i":0}')
  })

  it("leaks nothing over 500 runs", async () => {
    for (let n = 0; n < 100; n++) await run("await callTool('x'); return 'x'.repeat(1000)")
    const size = () => {
      const used = module.getFFI() as unknown as { readonly module?: unknown }
      return [
        used,
        (module as unknown as { readonly module: { readonly HEAPU8: Uint8Array } }).module?.HEAPU8?.length,
      ] as const
    }
    const [, before] = size()
    for (let n = 0; n < 500; n++)
      await run(n % 5 === 0 ? "throw 1" : "await callTool('x'); return 'x'.repeat(1000)")
    expect(size()[1]).toBe(before)
  }, 60_000)
})
