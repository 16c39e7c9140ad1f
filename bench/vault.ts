import { bundle, onDisk, percentile, round2, serve } from './ground.ts';
import type { Measured } from './index.ts';

/** Rounds of each, and thrown away before. */
const ROUNDS = 240;
const WARM_UP = 40;
const MINIMUM = 400;
const UNLOCKS = 7;
/** What sealing on the page may cost: of a raw strict put, and of the save without a vault. */
const SEALING_MAX = 0.35;
const OF_PLAIN_MAX = 1.3;
const UNLOCK_MS_MAX = 2_000;
/** The page's own policy: the WebAssembly of the key must run under it, and nothing may be missing. */
const POLICY =
  "default-src 'none'; script-src 'self' 'unsafe-inline' 'wasm-unsafe-eval'; worker-src 'self'";

type Round = Readonly<Record<string, number>>;
interface Page {
  saves(of: { rounds: number; events: number; plant: boolean }): Promise<Round[]>;
  unlocks(times: number): Promise<Round[]>;
  photos(times: number): Promise<Round[]>;
}

/** Unlock, save and open with the vault, in turns with the same without it, in one Chromium. */
export async function benchVault(plant: boolean): Promise<Measured> {
  const page = (await bundle('./vault-page.ts', 'iife')).replaceAll('</script', '<\\/script');
  const scripts = new Map([
    ['/', `<!doctype html><meta charset="utf-8"><script>${page}</script>`],
    ['/vault.js', await bundle('../src/lib/tablet/vault/vault-worker.ts', 'es')],
    ['/keeper.js', await bundle('../src/lib/tablet/vault/keeper-worker.ts', 'es')],
  ]);
  const server = await serve((request, response) => {
    const path = request.url ?? '/';
    const type = path.endsWith('.js') ? 'text/javascript' : 'text/html';
    response.setHeader('content-type', `${type}; charset=utf-8`);
    response.setHeader('content-security-policy', POLICY);
    response.setHeader('cross-origin-opener-policy', 'same-origin');
    response.setHeader('cross-origin-embedder-policy', 'require-corp');
    response.end(scripts.get(path) ?? '');
  });
  try {
    return await onDisk(async (tab) => {
      await tab.goto(server.origin);
      const of = { rounds: ROUNDS + WARM_UP, plant };
      const run = (events: number): Promise<Round[]> =>
        tab.evaluate((o) => (globalThis as unknown as Page).saves(o), { ...of, events });
      const [one, act] = [await run(1), await run(7)];
      const times = UNLOCKS;
      const unlocks = await tab.evaluate((n) => (globalThis as unknown as Page).unlocks(n), times);
      const photos = await tab.evaluate((n) => (globalThis as unknown as Page).photos(n), times);
      return judge([one.slice(WARM_UP), act.slice(WARM_UP)], [unlocks, photos]);
    });
  } finally {
    server.close();
  }
}

const p50 = (rounds: readonly Round[], name: string): number =>
  percentile(
    rounds.map((round) => round[name] ?? Number.NaN).sort((a, b) => a - b),
    0.5,
  );

/** A save's ways as multiples of the raw put, and what of them is sealing. */
function savesOf(rounds: readonly Round[]) {
  const raw = p50(rounds, 'raw');
  const ratio = (name: string): number => round2(p50(rounds, name) / raw);
  const sealing = (name: string): number => round2(p50(rounds, `${name}Seal`));
  return {
    rawMs: round2(raw),
    ratio: {
      ...{ plain: ratio('plain'), vault: ratio('vault') },
      ...{ noCopies: ratio('noCopies'), oneCopy: ratio('oneCopy'), pageKey: ratio('pageKey') },
    },
    sealMs: {
      ...{ plain: sealing('plain'), vault: sealing('vault') },
      ...{ noCopies: sealing('noCopies'), oneCopy: sealing('oneCopy') },
      ...{ twoCiphers: sealing('twoCiphers'), wayAlone: sealing('wayAlone') },
      pageKey: sealing('pageKey'),
    },
    sealingOfRaw: round2(p50(rounds, 'pageKeySeal') / raw),
    pageOfPlain: round2(p50(rounds, 'pageKey') / p50(rounds, 'plain')),
    workerOfPlain: round2(p50(rounds, 'vault') / p50(rounds, 'plain')),
  };
}

function judge(
  [one, act]: readonly [readonly Round[], readonly Round[]],
  [unlocks, photos]: readonly [readonly Round[], readonly Round[]],
): Measured {
  const figures = {
    oneEvent: savesOf(one),
    sevenEvents: savesOf(act),
    unlockCardMs: round2(p50(unlocks, 'card')),
    unlockPbkdf2Ms: round2(p50(unlocks, 'pbkdf2')),
    open2000Ms: round2(p50(unlocks, 'open2000')),
    open2000OfPlain: round2(p50(unlocks, 'open2000') / p50(unlocks, 'plain2000')),
    photo5mbMs: round2(p50(photos, 'photo5mb')),
    limitSealingOfRaw: SEALING_MAX,
    limitPageOfPlain: OF_PLAIN_MAX,
    limitUnlockMs: UNLOCK_MS_MAX,
    tried: one.length + act.length,
    minimum: MINIMUM,
  };
  const cheap =
    figures.oneEvent.sealingOfRaw <= SEALING_MAX && figures.oneEvent.pageOfPlain <= OF_PLAIN_MAX;
  const good = cheap && figures.unlockCardMs <= UNLOCK_MS_MAX;
  return { ok: good && figures.tried >= MINIMUM, figures };
}
