import type { Page as Tab } from '@playwright/test';
import { bundle, executable, onDisk, percentile, round2, serve } from './ground.ts';
import type { Measured } from './index.ts';
import { openQuota, type Quota } from './quota.ts';

/** Rounds of each, and thrown away before. */
const ROUNDS = 240;
const WARM_UP = 40;
const MINIMUM = 600;
const UNLOCKS = 7;
const UNLOCKS_HELD = 5;
/** What sealing on the page may cost: of a raw strict put, and of the save without a vault. */
const SEALING_MAX = 0.35;
const OF_PLAIN_MAX = 1.3;
/**
 * A sealed save as a multiple of the raw strict put, each as a person makes it: the browser has done
 * nothing for some milliseconds, as before a tap, and its threads sleep.
 */
const AIM_OF_RAW = 1.3;
const LIMIT_OF_RAW = 1.5;
const REST_MS = 12;
/** The same one right behind the other, which shows more of us than of the disk: beyond this it fails. */
const OF_RAW_MAX = 2;
const UNLOCK_MS_MAX = 2_000;
/** A cheap tablet: what all of the browser together has of one processor. */
const SHARE = 1 / 6;
/** The page's own policy: the WebAssembly of the key must run under it, and nothing may be missing. */
const POLICY =
  "default-src 'none'; script-src 'self' 'unsafe-inline' 'wasm-unsafe-eval'; worker-src 'self'";

type Round = Readonly<Record<string, number>>;
interface Unlocks {
  readonly rounds: readonly Round[];
  readonly kdfs: Readonly<Record<string, unknown>>;
}
interface Page {
  saves(of: { rounds: number; events: number; plant: boolean; restMs: number }): Promise<Round[]>;
  unlocks(of: { times: number; plant: boolean }): Promise<Unlocks>;
  photos(times: number): Promise<Round[]>;
}

async function servePage() {
  const page = (await bundle('./vault-page.ts', 'iife')).replaceAll('</script', '<\\/script');
  const scripts = new Map([
    ['/', `<!doctype html><meta charset="utf-8"><script>${page}</script>`],
    ['/vault.js', await bundle('../src/lib/tablet/vault/vault-worker.ts', 'es')],
    ['/keeper.js', await bundle('../src/lib/tablet/vault/keeper-worker.ts', 'es')],
  ]);
  return serve((request, response) => {
    const path = request.url ?? '/';
    const type = path.endsWith('.js') ? 'text/javascript' : 'text/html';
    response.setHeader('content-type', `${type}; charset=utf-8`);
    response.setHeader('content-security-policy', POLICY);
    response.setHeader('cross-origin-opener-policy', 'same-origin');
    response.setHeader('cross-origin-embedder-policy', 'require-corp');
    response.end(scripts.get(path) ?? '');
  });
}

const unlocksIn = (tab: Tab, of: { times: number; plant: boolean }): Promise<Unlocks> =>
  tab.evaluate((o) => (globalThis as unknown as Page).unlocks(o), of);

/** Vault made and unlocked on a machine six times as slow. */
async function held(origin: string, quota: Quota, plant: boolean) {
  try {
    return await onDisk(async (tab) => {
      await tab.goto(origin);
      quota.hold(SHARE);
      const before = quota.stopped();
      const unlocks = await unlocksIn(tab, { times: UNLOCKS_HELD, plant });
      const stopped = quota.stopped() - before;
      quota.free();
      return { unlocks, stopped };
    }, quota.executablePath);
  } finally {
    quota.close();
  }
}

/** Unlock, save and open with the vault, in turns with the same without it, in one Chromium. */
export async function benchVault(plant: boolean): Promise<Measured> {
  const server = await servePage();
  try {
    const free = await onDisk(async (tab) => {
      await tab.goto(server.origin);
      const of = { rounds: ROUNDS + WARM_UP, plant };
      const run = async (events: number, restMs = 0): Promise<Round[]> => {
        const how = { ...of, events, restMs };
        const rounds = await tab.evaluate((o) => (globalThis as unknown as Page).saves(o), how);
        return rounds.slice(WARM_UP);
      };
      const saves = [await run(1), await run(7)] as const;
      const rested = await run(1, REST_MS);
      const unlocks = await unlocksIn(tab, { times: UNLOCKS, plant: false });
      const photos = await tab.evaluate((n) => (globalThis as unknown as Page).photos(n), UNLOCKS);
      return { saves, rested, unlocks, photos };
    });
    const quota = openQuota(executable());
    if (!quota)
      console.error(
        'vault: no control group can be made here: nothing is held (root on Linux can)',
      );
    return judge(free, quota && (await held(server.origin, quota, plant)));
  } finally {
    server.close();
  }
}

const p50 = (rounds: readonly Round[], name: string): number =>
  percentile(
    rounds.map((round) => round[name] ?? Number.NaN).sort((a, b) => a - b),
    0.5,
  );
const most = (rounds: readonly Round[], name: string): number =>
  Math.max(...rounds.map((round) => round[name] ?? Number.NaN));

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

/** The product's way and none, each after a rest. */
function restedOf(rounds: readonly Round[]) {
  const raw = p50(rounds, 'raw');
  return {
    ...{ rawMs: round2(raw), plain: round2(p50(rounds, 'plain') / raw) },
    ...{ pageKey: round2(p50(rounds, 'pageKey') / raw), restMs: REST_MS },
  };
}

function unlocksOf({ rounds, kdfs }: Unlocks) {
  const ms = (name: string): number => Math.round(p50(rounds, name));
  return {
    ...{ cardMs: ms('card'), cardMostMs: Math.round(most(rounds, 'card')) },
    ...{ passMs: ms('pass'), standardMs: ms('standard'), pbkdf2Ms: ms('pbkdf2') },
    ...{ open2000Ms: ms('open2000') },
    open2000OfPlain: round2(p50(rounds, 'open2000') / p50(rounds, 'plain2000')),
    open2000OfUnlock: round2(p50(rounds, 'open2000') / p50(rounds, 'card')),
    kdfs,
  };
}

interface Free {
  readonly saves: readonly [readonly Round[], readonly Round[]];
  readonly rested: readonly Round[];
  readonly unlocks: Unlocks;
  readonly photos: readonly Round[];
}

function judge(
  { saves, rested, unlocks, photos }: Free,
  underQuota: { readonly unlocks: Unlocks; readonly stopped: number } | null,
): Measured {
  const [one, act] = saves;
  const oneEvent = savesOf(one);
  const after = restedOf(rested);
  const unlock = unlocksOf(unlocks);
  const quota = underQuota && {
    ...{ share: round2(SHARE), stoppedPeriods: underQuota.stopped },
    ...unlocksOf(underQuota.unlocks),
  };
  const figures = {
    ...{ saveOfRaw: after.pageKey, savePlainOfRaw: after.plain, afterRest: after },
    ...{ hotOfRaw: oneEvent.ratio.pageKey, hotPlainOfRaw: oneEvent.ratio.plain },
    ...{ oneEvent, sevenEvents: savesOf(act), unlock },
    quota: quota ?? 'not held: no control group can be made here',
    photo5mbMs: round2(p50(photos, 'photo5mb')),
    ...{ aimOfRaw: AIM_OF_RAW, limitOfRaw: LIMIT_OF_RAW, limitHotOfRaw: OF_RAW_MAX },
    ...{ limitSealingOfRaw: SEALING_MAX, limitPageOfPlain: OF_PLAIN_MAX },
    limitUnlockMs: UNLOCK_MS_MAX,
    tried: one.length + act.length + rested.length,
    minimum: MINIMUM,
  };
  const cheap =
    oneEvent.sealingOfRaw <= SEALING_MAX &&
    oneEvent.pageOfPlain <= OF_PLAIN_MAX &&
    figures.saveOfRaw <= LIMIT_OF_RAW &&
    figures.hotOfRaw <= OF_RAW_MAX;
  const opens = quota
    ? quota.cardMs <= UNLOCK_MS_MAX && quota.passMs <= UNLOCK_MS_MAX && quota.stoppedPeriods > 0
    : true;
  const good = cheap && unlock.cardMs <= UNLOCK_MS_MAX && opens;
  return { ok: good && figures.tried >= MINIMUM, figures };
}
