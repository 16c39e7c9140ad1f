import { bundle, onDisk, percentile, round2, serve } from './ground.ts';
import type { Measured } from './index.ts';

/** Pairs that are measured, and thrown away before. */
const PAIRS = 400;
const WARM_UP = 60;
const MINIMUM = 300;
/** What we aim at, and where a measurement fails: disks faster than a tablet's show more of us. */
const AIM = 1.3;
const RATIO_P50_MAX = 1.8;
const RATIO_P95_MAX = 3;

/** Our strict save of one intake against a raw strict put, taking turns in one Chromium. */
export async function benchSave(plant: boolean): Promise<Measured> {
  const script = (await bundle('./save-page.ts', 'iife')).replaceAll('</script', '<\\/script');
  const page = `<!doctype html><meta charset="utf-8"><script>${script}</script>`;
  const server = await serve((_request, response) => {
    response.setHeader('content-type', 'text/html; charset=utf-8');
    // Isolated pages get a clock of microseconds.
    response.setHeader('cross-origin-opener-policy', 'same-origin');
    response.setHeader('cross-origin-embedder-policy', 'require-corp');
    response.end(page);
  });
  try {
    const pairs = await onDisk(async (page) => {
      await page.goto(server.origin);
      return page.evaluate(
        ({ n, planted }) => (globalThis as unknown as { run: Run }).run(n, planted),
        { n: PAIRS + WARM_UP, planted: plant },
      );
    });
    return judge(pairs.slice(WARM_UP));
  } finally {
    server.close();
  }
}

type Pair = { readonly ours: number; readonly raw: number };
type Run = (pairs: number, plant: boolean) => Promise<Pair[]>;

function judge(pairs: readonly Pair[]): Measured {
  const sorted = (pick: (p: Pair) => number): number[] => pairs.map(pick).sort((a, b) => a - b);
  const [ours, raw] = [sorted((p) => p.ours), sorted((p) => p.raw)];
  const ratio = (p: number): number => round2(percentile(ours, p) / percentile(raw, p));
  const figures = {
    ratioP50: ratio(0.5),
    ratioP95: ratio(0.95),
    oursMsP50: round2(percentile(ours, 0.5)),
    oursMsP95: round2(percentile(ours, 0.95)),
    rawMsP50: round2(percentile(raw, 0.5)),
    rawMsP95: round2(percentile(raw, 0.95)),
    aim: AIM,
    limitP50: RATIO_P50_MAX,
    limitP95: RATIO_P95_MAX,
    tried: pairs.length,
    minimum: MINIMUM,
  };
  const good = figures.ratioP50 <= RATIO_P50_MAX && figures.ratioP95 <= RATIO_P95_MAX;
  return { ok: good && pairs.length >= MINIMUM, figures };
}
