/** What stands in clear on a tablet with a vault: everything in its database, looked at raw. */
import 'fake-indexeddb/auto';
import { createHash } from 'node:crypto';
import { afterAll, describe, expect, it } from 'vitest';
import type { Actor } from '../../src/lib/domain/case-event.ts';
import type { AreaCode, Instant, PersonId, Result } from '../../src/lib/domain/values.ts';
import { firstSync } from '../../src/lib/ports/tablet-store.ts';
import { TabletDb } from '../../src/lib/tablet/db.ts';
import { newDraft, plainCell } from '../../src/lib/tablet/drafts.ts';
import { dexieTabletStore } from '../../src/lib/tablet/event-store-dexie.ts';
import { sealReply } from '../../src/lib/tablet/exchange-seal.ts';
import { CaseIndex } from '../../src/lib/tablet/case-index.ts';
import { keepFile } from '../../src/lib/tablet/media-files.ts';
import { factsPlace, metaPlace } from '../../src/lib/tablet/places.ts';
import { reportHazard, type RecordDeps } from '../../src/lib/tablet/record.ts';
import { RecordingLog } from '../../src/lib/tablet/recording-log.ts';
import { plainVault, type Vault } from '../../src/lib/tablet/vault.ts';
import { countedClock } from '../simulation/county.ts';
import { openTestVault } from './open.ts';
import { countyKey, endAll } from './workers.ts';

afterAll(endAll);
const VILLAGE = '230278200201' as AreaCode;
const self: Actor = { code: 'A', personId: 'A01' as PersonId, name: '王春生', areaCode: VILLAGE };
const MARKERS = 1_000;
const marker = (n: number): string => `周桂芹${n}号1384560${String(n).padStart(4, '0')}`;

const value = <T>(r: Result<T, unknown>): T => {
  if (!r.ok) throw new Error(JSON.stringify(r.error));
  return r.value;
};

/** A day's work in which every marker is said somewhere. */
async function worked(name: string, vaultOver: (store: never) => Promise<Vault>) {
  const db = new TabletDb(name);
  const store = dexieTabletStore(db);
  const clock = countedClock('T');
  await store.begin(firstSync(clock.deviceId()));
  const vault = await vaultOver(store as never);
  const digest = async (b: Uint8Array) => new Uint8Array(createHash('sha256').update(b).digest());
  const record = {
    ...{ store, vault, clock, self, digest, now: () => clock.now() },
    agent: {
      ...{ personId: self.personId, name: marker(0), agentCode: 'A01', user: 'a01' },
      ...{ countyCode: '230278000000', villages: [], unitId: null, deviceLetter: 'B' },
      signedInAt: '2026-06-08T01:00:00Z' as Instant,
    },
    randomBytes: (size: number) => Uint8Array.from({ length: size }, (_, i) => (i * 37) % 256),
  } satisfies RecordDeps;
  const part = (from: number, to: number): string[] =>
    Array.from({ length: to - from }, (_, n) => marker(from + n));
  const drafts = {
    ...{ store, vault, clock, cell: plainCell, changed: () => undefined },
    hold: async () => ({ release: () => undefined }),
  };
  const open = value(await newDraft(drafts, { id: 'intake', version: 1 }));
  value(await open.save({ answers: { words: part(0, 250) }, petitioner: marker(1) }));
  const draft = value(await newDraft(drafts, { id: 'intake', version: 1 }));
  value(await draft.save({ answers: { words: part(250, 500) } }));
  const hazard = {
    ...{
      areaCode: VILLAGE,
      parties: ['甲'],
      level: 'BLUE',
      text: part(500, 700).join(' '),
    },
    ...{ measure: '看着', status: 'OPEN', foundOn: '2026-06-08' },
  };
  const { caseId } = value(await reportHazard(record, hazard));
  const bytes = new TextEncoder().encode(part(700, 800).join(''));
  const meta = { mime: 'image/jpeg', kind: 'PHOTO', caption: part(800, 850).join('') } as const;
  value(await keepFile(record, { caseId }, { bytes, meta }));
  const log = new RecordingLog(record, { caseId, mime: marker(850) });
  await log.slice(new TextEncoder().encode(part(851, 900).join('')), 1);
  await store.putMeta('session', await vault.capture({ agent: marker(900) }, metaPlace('session')));
  await store.putFacts(caseId, 1, await vault.seal({ matter: part(900, 950) }, factsPlace(caseId)));
  const event = { id: 'f'.repeat(22), caseId, t: 'case.taken', v: 1, at: '', p: part(950, 1_000) };
  const reply = {
    ...{ kind: 'exchange', results: [], now: '2026-06-08T03:04:05Z' },
    feed: { rows: [{ k: 'event', event: { ...event, seq: 1, receivedAt: '', actor: self } }] },
  };
  const { bodies } = await sealReply(vault, reply as never);
  await store.exchange({ ids: [], cases: [], own: false, all: false }, (view) => ({
    ...{ sync: view.sync, remove: [], touch: [], removeCases: [], mediaAgain: false },
    put: [...bodies].map(([id, body]) => ({
      ...{ id, caseId, dv: '', ds: 0, state: 'f', seq: 1, epoch: 'E', tag: 't', day: 1 },
      ...{ bytes: body.length, body, note: null },
    })),
  }));
  const source = { cases: await store.cases(), counts: await store.counts(), media: [] };
  await new CaseIndex().fill(vault, source);
  return db;
}

/** All keys and values of a database as one run of bytes. */
async function dump(db: TabletDb): Promise<Buffer> {
  const parts: Buffer[] = [];
  const take = (v: unknown): void => {
    if (v instanceof Uint8Array) parts.push(Buffer.from(v));
    else if (typeof v === 'string') parts.push(Buffer.from(v), Buffer.from(v, 'utf16le'));
    else if (typeof v === 'number') parts.push(Buffer.from(String(v)));
    else if (v && typeof v === 'object')
      for (const [key, member] of Object.entries(v)) {
        take(key);
        take(member);
      }
    parts.push(Buffer.from([0]));
  };
  for (const table of db.tables) {
    take(await table.toCollection().keys());
    take(await table.toArray());
  }
  return Buffer.concat(parts);
}

const hits = (disk: Buffer): number =>
  Array.from({ length: MARKERS }, (_, n) => marker(n)).filter((text) =>
    [
      Buffer.from(text),
      Buffer.from(text, 'utf16le'),
      Buffer.from(Buffer.from(text).toString('base64').slice(4, 24)),
    ].some((form) => disk.includes(form)),
  ).length;

describe('a tablet with a vault, looked at without a key', () => {
  it('[AU123] none of 1,000 names, numbers and words of a day stands in clear in any store', async () => {
    const { recipient } = await countyKey('intake', 'i1');
    const sealed = await worked('clear-vault', async (store) => {
      return (await openTestVault(store, { recipients: [recipient] })).vault;
    });
    expect(hits(await dump(sealed))).toBe(0);
    // The search itself works: on a tablet without a vault it finds them all.
    const plain = await worked('clear-plain', async () => plainVault());
    expect(hits(await dump(plain))).toBe(MARKERS);
  });
});
