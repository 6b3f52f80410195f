// #region work
import { threadWork } from "fleetmcp/threads"

export default threadWork(import.meta.url, {
  countPrimes({ below }: { readonly below: number }, { signal, progress }) {
    let count = 0
    for (let n = 2; n < below && !signal.aborted; n++) {
      if (isPrime(n)) count++
      if (n % 100_000 === 0) progress(n, below)
    }
    return count
  },
})

function isPrime(n: number): boolean {
  for (let divisor = 2; divisor * divisor <= n; divisor++) if (n % divisor === 0) return false
  return true
}
// #endregion
