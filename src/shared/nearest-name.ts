const MAX_NAME_LENGTH = 128
const MAX_CANDIDATES = 2000
const SHORTEST_START = 4
const separators = /[\s_./:-]+/g

/**
 * Returns the candidate that a mistyped name most likely meant, or `undefined` if none is near. Case and separators do
 * not count, so `getUser` is `get_user`; otherwise a third of the letters may differ, three at most, where two
 * swapped neighbours are one difference. The first of equally near ones wins. Where none is near, one that begins with
 * the name does, or that the name begins with.
 *
 * Bounded: names above 128 characters are never near, and the first 2,000 candidates are looked at.
 */
export function nearestName(name: string, candidates: Iterable<string>): string | undefined {
  if (name.length > MAX_NAME_LENGTH) return undefined
  const wanted = fold(name)
  let nearest: string | undefined
  let begun: string | undefined
  let limit = Math.min(3, Math.floor(wanted.length / 3))
  let examined = 0
  for (const candidate of candidates) {
    if (++examined > MAX_CANDIDATES) break
    if (candidate.length > MAX_NAME_LENGTH) continue
    const folded = fold(candidate)
    if (folded === wanted && wanted !== "") return candidate
    const differences = limit <= 0 ? 1 : distance(wanted, folded, limit)
    if (differences <= limit) {
      nearest = candidate
      // From here on only nearer ones count.
      limit = differences - 1
    } else if (isStart(wanted, folded)) begun ??= candidate
  }
  return nearest ?? begun
}

/** Whether one of them is how the other begins: `elicit` and `elicitation`. */
function isStart(a: string, b: string): boolean {
  return Math.min(a.length, b.length) >= SHORTEST_START && (a.startsWith(b) || b.startsWith(a))
}

function fold(name: string): string {
  return name.toLowerCase().replace(separators, "")
}

/**
 * Counts the insertions, deletions, replacements and swaps of neighbours between two texts (optimal string
 * alignment). Looks only at the diagonals that stay within `limit`, and gives `limit + 1` for all that is farther.
 */
function distance(a: string, b: string, limit: number): number {
  const far = limit + 1
  if (Math.abs(a.length - b.length) > limit) return far
  let before: number[] = []
  let above = Array.from({ length: b.length + 1 }, (_, j) => Math.min(j, far))
  for (let i = 1; i <= a.length; i++) {
    const row = new Array<number>(b.length + 1).fill(far)
    row[0] = Math.min(i, far)
    const last = Math.min(b.length, i + limit)
    for (let j = Math.max(1, i - limit); j <= last; j++) {
      const same = a[i - 1] === b[j - 1]
      const swapped = i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1]
      row[j] = Math.min(
        far,
        (above[j] ?? far) + 1,
        (row[j - 1] ?? far) + 1,
        (above[j - 1] ?? far) + (same ? 0 : 1),
        swapped ? (before[j - 2] ?? far) + 1 : far,
      )
    }
    before = above
    above = row
  }
  return above[b.length] ?? far
}
