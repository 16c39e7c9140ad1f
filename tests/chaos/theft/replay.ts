/**
 * The thief without the tablet: cookie, device id and pass, which lie in clear beside the vault, used
 * from a machine of his own an hour after the agent last typed his passphrase.
 *
 *     for each of  own id · a new one · a new one by the pass   with no secret, with one of his own
 *         enrol ─▶ exchange from the very start ─▶ rows of the feed      receipts · whose session it is
 */
import { createHash, randomBytes } from 'node:crypto';
import path from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import type { Page } from '@playwright/test';
import { decodeFrame, encodeFrame } from '../../../src/lib/protocol/frame.ts';
import type { Digest } from '../../../src/lib/protocol/hash.ts';
import { exchangeReplySchema, type ExchangeRequest } from '../../../src/lib/protocol/sync.ts';
import {
  CLIENT_HEADER,
  DEVICE_HEADER,
  ENROL_PATH,
  EXCHANGE_MEDIA_TYPE,
  EXCHANGE_PATH,
  READ_HEADER,
} from '../../../src/lib/protocol/version.ts';
import { registryOf } from './guesses.ts';

const HOUR_MS = 3_600_000;
const digest: Digest = async (bytes) => createHash('sha256').update(bytes).digest();

/** What a copied profile says in clear. */
export interface Copied {
  readonly cookie: string;
  readonly dv: string;
  readonly pass: string;
}

/** Reads it in a window at the lock. */
export async function copyClear(page: Page): Promise<Copied> {
  const cookies = await page.context().cookies();
  const { dv, vaultId } = await registryOf(page);
  const pass = await page.evaluate(passOf, `daiban-${vaultId}`);
  return { cookie: cookies.map(({ name, value }) => `${name}=${value}`).join('; '), dv, pass };
}

/** Runs in the page. */
function passOf(database: string): Promise<string> {
  return new Promise((resolve, reject) => {
    const request = indexedDB.open(database);
    request.onerror = () => reject(new Error('no store'));
    request.onsuccess = () => {
      const got = request.result.transaction('meta').objectStore('meta').getAll();
      got.onsuccess = () => {
        request.result.close();
        const rows = got.result as { readonly pass?: string }[];
        resolve(rows.find(({ pass }) => typeof pass === 'string')?.pass ?? '');
      };
    };
  });
}

/** An hour goes by for every session of the county; with `forget` it knows no tablet's secret. */
export function anHourLater(dataDir: string, { forget }: { readonly forget: boolean }): void {
  const db = new DatabaseSync(path.join(dataDir, 'daiban.sqlite'));
  const at = new Date(Date.now() - HOUR_MS).toISOString();
  db.prepare('update session set createdAt = ?').run(at);
  if (forget) db.prepare("delete from county_setting where name like 'tablet_read.%'").run();
  db.close();
}

export interface Replayed {
  /** Requests that asked to be shown something. */
  readonly asked: number;
  /** Those that the county answered as from a living session, or refused by name. */
  readonly answered: number;
  readonly rowsFed: number;
  readonly receipts: number;
  readonly names: number;
}

interface Thief {
  readonly url: string;
  readonly copied: Copied;
  readonly secret: string | null;
}

const headersOf = ({ copied, secret }: Thief, dv: string): Record<string, string> => ({
  ...{ cookie: copied.cookie, [CLIENT_HEADER]: '1', [DEVICE_HEADER]: dv },
  ...(secret === null ? {} : { [READ_HEADER]: secret }),
});

/** Rows of the feed that an exchange from the very start brings; null: it was not answered. */
async function rowsOf(thief: Thief, dv: string): Promise<number | null> {
  const req = randomBytes(16).toString('base64url');
  const json: ExchangeRequest = {
    ...{ proto: 1, build: 'theft', schema: 1, dv, dsHi: 0, now: new Date().toISOString() },
    ...{ cursor: null, wit: null, wits: [], hist: [], cases: [], events: [], media: [] },
    feedBytesMax: 1_000_000,
  };
  const answer = await fetch(`${thief.url}${EXCHANGE_PATH}`, {
    method: 'POST',
    headers: { ...headersOf(thief, dv), 'content-type': EXCHANGE_MEDIA_TYPE },
    body: await encodeFrame(digest, { req, json }),
  });
  const frame = await decodeFrame(digest, await answer.text(), req);
  const reply = frame.ok ? exchangeReplySchema.safeParse(frame.value.json) : null;
  return reply?.data?.kind === 'exchange' ? reply.data.feed.rows.length : null;
}

async function enrol(thief: Thief, dv: string, pass?: string): Promise<boolean> {
  const answer = await fetch(`${thief.url}${ENROL_PATH}`, {
    method: 'POST',
    headers: { ...headersOf(thief, dv), 'content-type': 'application/json' },
    body: JSON.stringify({ dv, build: 'theft', pass }),
  });
  return answer.ok;
}

const got = async (thief: Thief, at: string): Promise<Response> =>
  fetch(`${thief.url}${at}`, { headers: headersOf(thief, thief.copied.dv) });

/** Everything that he can ask for with what he has. */
export async function replay(
  url: string,
  copied: Copied,
  cases: readonly string[],
): Promise<Replayed> {
  let [asked, answered, rowsFed, receipts, names] = [0, 0, 0, 0, 0];
  const fed = (rows: number | null): void => {
    asked += 1;
    answered += rows === null ? 0 : 1;
    rowsFed += rows ?? 0;
  };
  for (const secret of [null, randomBytes(32).toString('base64url')]) {
    const thief = { url, copied, secret };
    fed(await rowsOf(thief, copied.dv));
    for (const pass of [undefined, copied.pass]) {
      const dv = randomBytes(16).toString('base64url');
      fed(await rowsOf(thief, dv));
      names += (await enrol(thief, dv, pass)) ? 1 : 0;
      fed(await rowsOf(thief, dv));
    }
    names += (await enrol(thief, copied.dv, copied.pass)) ? 1 : 0;
    fed(await rowsOf(thief, copied.dv));
    const me = await got(thief, '/api/auth/me');
    if (((await me.json()) as { user: unknown }).user !== null) names += 1;
    for (const caseId of cases) if ((await got(thief, `/api/receipt/${caseId}`)).ok) receipts += 1;
  }
  return { asked, answered, rowsFed, receipts, names };
}
