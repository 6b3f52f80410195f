/** Stands in for Vitest inside of workerd, where the tests of a contract are collected, and run when they are asked for. */
export const collected: { readonly name: string; readonly run: () => Promise<void> }[] = []

let suite = ""

export function describe(name: string, body: () => void): void {
  const outer = suite
  suite = `${suite}${name} > `
  body()
  suite = outer
}

export function it(name: string, run: () => Promise<void>): void {
  collected.push({ name: suite + name, run })
}
