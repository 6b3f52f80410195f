/**
 * Orders versions: numbers part by part, a pre-release below its release, no version below all. What is not
 * numbers is compared as text.
 */
export function compareVersions(a: string | undefined, b: string | undefined): number {
  if (a === b) return 0
  if (a === undefined) return -1
  if (b === undefined) return 1
  const left = split(a)
  const right = split(b)
  return compareParts(left.release, right.release) || comparePre(left.pre, right.pre)
}

interface Version {
  readonly release: readonly string[]
  readonly pre: readonly string[]
}

function split(version: string): Version {
  const text = version.replace(/^v(?=\d)/i, "").replace(/\+.*$/, "")
  const dash = text.indexOf("-")
  if (dash === -1) return { release: text.split("."), pre: [] }
  return { release: text.slice(0, dash).split("."), pre: text.slice(dash + 1).split(".") }
}

function comparePre(a: readonly string[], b: readonly string[]): number {
  if (a.length === 0 || b.length === 0) return b.length - a.length
  return compareParts(a, b)
}

function compareParts(a: readonly string[], b: readonly string[]): number {
  for (let i = 0; i < Math.max(a.length, b.length); i++) {
    const order = comparePart(a[i] ?? "0", b[i] ?? "0")
    if (order !== 0) return order
  }
  return 0
}

function comparePart(a: string, b: string): number {
  if (digits.test(a) && digits.test(b)) return Number(a) - Number(b)
  if (a === b) return 0
  return a < b ? -1 : 1
}

const digits = /^\d+$/
