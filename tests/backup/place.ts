/** A county of one's own in a passing folder, and small acts in it. */
import { createHash } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, vi } from 'vitest';
import type { Actor } from '../../src/lib/domain/case-event.ts';
import type { CaseId, Instant, PersonId, Sha256 } from '../../src/lib/domain/values.ts';
import { PBKDF2_STANDARD } from '../../src/lib/protocol/kdf.ts';
import { printShare, SHARES } from '../../src/lib/protocol/key-share.ts';
import {
  newOfficerKey,
  wrapOfficerKey,
  type OfficerKey,
} from '../../src/lib/protocol/officer-key.ts';
import { splitSecret } from '../../src/lib/protocol/shamir.ts';
import type { Container } from '../../src/lib/server/container.ts';
import { readEnv, type ServerEnv } from '../../src/lib/server/env.ts';
import {
  noteOf,
  OFFICER_KEY,
  signedWord,
  type Lying,
} from '../../src/lib/server/keys/officer-key-rows.ts';
import { recordAtCounty } from '../../src/lib/server/sync/record.ts';

/** Real files, real fsync and whole processes: on a busy machine they take their time. */
const WITHIN_MS = 120_000;

/** A folder that goes when the tests of this file have run. */
export function passingFolder(): string {
  vi.setConfig({ testTimeout: WITHIN_MS, hookTimeout: WITHIN_MS });
  const root = mkdtempSync(path.join(tmpdir(), 'daiban-backup-'));
  afterAll(() => rmSync(root, { recursive: true, force: true }));
  return root;
}

/** The settings of a county under `root`; its backups lie in clear unless `BACKUP_PLAIN` is 0. */
export function placeAt(root: string, name: string, more: NodeJS.ProcessEnv = {}): ServerEnv {
  const env = readEnv({ DATA_DIR: path.join(root, name), BACKUP_PLAIN: '1', ...more });
  if (!env.ok) throw new Error(env.error.join('\n'));
  return env.value;
}

const office: Actor = { code: 'O', personId: 'office' as PersonId, name: '县局登记员' };

/** 22 characters that are a case. */
export const caseNamed = (word: string): CaseId => word.padEnd(22, '_').slice(0, 22) as CaseId;

/** The office records one piece of progress. */
export async function visit(container: Container, seen: string, word = 'caseA'): Promise<void> {
  const done = await recordAtCounty(container.sync, {
    actor: office,
    caseId: caseNamed(word),
    events: [{ type: 'progress.recorded', payload: { unitId: 'SWJ', plain: seen } }],
    audit: [{ personId: office.personId, action: 'test.visit', caseId: null, note: '' }],
  });
  if (!done.ok) throw new Error(String(done.error));
}

/** A photo that arrived whole for a case. */
export async function photo(container: Container, word: string): Promise<Sha256> {
  const bytes = Buffer.from(`\x89PNG\r\n\x1a\n ${word}`, 'latin1');
  const sha = createHash('sha256').update(bytes).digest('hex') as Sha256;
  await container.media.put({ sha, bytes: bytes.length }, 0, bytes);
  const at = container.clock.now() as Instant;
  const row = { sha, bytes: bytes.length, mime: 'image/png', caseId: caseNamed('caseA') };
  const media = [
    {
      ...{ ...row, personId: 'wang' as PersonId, state: 'complete' as const, refused: '' },
      ...{ announcedAt: at, completeAt: at },
    },
  ];
  await container.store.transact(container.county, (tx) => tx.write({ media }));
  return sha;
}

/** Rows and lines of a key, as the acts of two people leave them. */
export async function putKey(
  { store, county, clock, keys }: Pick<Container, 'store' | 'county' | 'clock' | 'keys'>,
  key: OfficerKey,
  states: readonly ('proposed' | 'confirmed')[],
): Promise<void> {
  const [maker, other] = ['xfj-director' as PersonId, 'admin-1' as PersonId];
  const madeAt = '2026-06-01T00:00:00.000Z';
  let after: Lying | null = null;
  for (const state of states) {
    const [at, isIn] = [clock.now(), state === 'confirmed'];
    const personId = isIn ? other : maker;
    const hands = { confirmedBy: isIn ? other : '', confirmedAt: isIn ? at : '' };
    const word = { state, by: maker, madeAt, ...hands, key };
    const row = await signedWord(county, word, { ring: await keys.ring(), after });
    const value = JSON.stringify(row);
    after = { n: row.place?.n ?? 0, value };
    const kept = [{ name: `${OFFICER_KEY}${key.keyId}`, value, at, personId }];
    const audit = [{ at, personId, caseId: null, ...(await noteOf(word)) }];
    await store.transact(county, (tx) => tx.write({ kept, audit }));
  }
}

/** A recovery key in force, as two people would have made it, and its private half. */
export async function recoveryKeyIn({ store, county, clock, keys }: Container) {
  const opened = await newOfficerKey('recovery');
  const how = { passphrase: PASSPHRASE, argon2: null, kdf: PBKDF2_STANDARD };
  const key = await wrapOfficerKey('recovery', opened, how);
  if (key === null) throw new Error('no key');
  await putKey({ store, county, clock, keys }, key, ['proposed', 'confirmed']);
  const sheets = splitSecret(opened.scalar, SHARES).map((part) => printShare(opened.keyId, part));
  return { opened, file: JSON.stringify(key), sheets: await Promise.all(sheets) };
}
/** Of every key that `recoveryKeyIn` makes. */
export const PASSPHRASE = 'twelve letters or more';

/** Head, safe and the histories of a county. */
export const historyOf = ({ store, county }: Container) =>
  store.transact(county, async (tx) => ({
    head: (await tx.head()).seq,
    safe: await tx.safe(),
    epochs: (await tx.epochs()).map(({ baseSeq, reason }) => [baseSeq, reason]),
  }));
