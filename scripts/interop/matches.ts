import assert from "node:assert/strict"

/** Asserts that a value has what is expected of it: objects may have more, strings may be given as patterns. */
export function assertMatches(actual: unknown, expected: unknown, path = "the answer"): void {
  if (expected instanceof RegExp) {
    assert.match(String(actual), expected, `${path} is ${say(actual)}, which does not match ${expected}`)
    return
  }
  if (typeof expected !== "object" || expected === null) {
    assert.equal(actual, expected, `${path} is ${say(actual)}, not ${say(expected)}`)
    return
  }
  assert.ok(typeof actual === "object" && actual !== null, `${path} is ${say(actual)}, not ${say(expected)}`)
  if (Array.isArray(expected)) {
    const length = Array.isArray(actual) ? actual.length : undefined
    assert.equal(
      length,
      expected.length,
      `${path} has ${length} entries, not ${expected.length}: ${say(actual)}`,
    )
  }
  // `as`: checked above; what is missing is undefined.
  const fields = actual as Readonly<Record<string, unknown>>
  for (const [key, value] of Object.entries(expected)) assertMatches(fields[key], value, `${path}.${key}`)
}

function say(value: unknown): string {
  return (JSON.stringify(value) ?? "undefined").slice(0, 300)
}
