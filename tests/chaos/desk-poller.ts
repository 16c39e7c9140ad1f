/**
 * A colleague at the desk who looks at the list again and again, in a process of his own so that
 * what is measured is the county. Prints his times when his input ends.
 *
 *     node tests/chaos/desk-poller.ts URL
 */
import { setTimeout as sleep } from 'node:timers/promises';

const [url = ''] = process.argv.slice(2);
const EVERY_MS = 100;
const times: number[] = [];
let failed = 0;
let looking = true;
process.stdin.on('end', () => (looking = false)).resume();

while (looking) {
  const started = performance.now();
  const page = await fetch(url)
    .then((answer) => (answer.ok ? answer.text() : null))
    .catch(() => null);
  if (page === null) failed++;
  else times.push(performance.now() - started);
  await sleep(EVERY_MS);
}
times.sort((a, b) => a - b);
const at = (share: number): number => Math.round(times[Math.floor(times.length * share)] ?? 0);
console.log(JSON.stringify({ looks: times.length, failed, p50: at(0.5), p95: at(0.95) }));
process.exit();
