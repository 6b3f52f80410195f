/** What the operating system knows of a process, whatever it is written in. */
import { readFileSync } from "node:fs"

/** What the kernel counts CPU time in: a hundredth of a second, on every Linux that node runs on. */
const TICK_MICROS = 10_000

/** The CPU time that a process has used so far, in microseconds. */
export function cpuOfPid(pid) {
  const stat = readFileSync(`/proc/${pid}/stat`, "utf8")
  // The name, in parentheses, may hold anything.
  const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" ")
  return (Number(fields[11]) + Number(fields[12])) * TICK_MICROS
}

/** The memory of a process that stands in RAM, in bytes. */
export function memoryOfPid(pid) {
  const [, kilobytes] = /^VmRSS:\s+(\d+) kB$/m.exec(readFileSync(`/proc/${pid}/status`, "utf8"))
  return Number(kilobytes) * 1024
}
