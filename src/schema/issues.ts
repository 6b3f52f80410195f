import { boundPath, type Issue } from "./issue.ts"

/** Issues kept of one value. */
export const mostIssues = 50

/** Makes an issue for a property that the schema does not allow. */
export function unexpectedIssue(path: readonly (string | number)[]): Issue {
  return { path: boundPath(path), message: "unexpected property", expected: "nothing" }
}

/** Keeps as many issues as one answer may carry. */
export function boundIssues(issues: readonly Issue[]): readonly Issue[] {
  return issues.length > mostIssues ? issues.slice(0, mostIssues) : issues
}
