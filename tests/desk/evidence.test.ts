/** Runs on SQLite, and under `npm run test:pg` on PostgreSQL. */
import { createHash } from 'node:crypto';
import { mkdtempSync, readFileSync, renameSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { sql } from 'kysely';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { CaseId, Instant } from '../../src/lib/domain/values.ts';
import { fromBase64Url } from '../../src/lib/protocol/bytes.ts';
import { consistencyPath, isContinuation } from '../../src/lib/protocol/merkle.ts';
import {
  isSignedPoint,
  provesContained,
  readReceipt,
  verifyReceipt,
  type ReceiptAnswer,
} from '../../src/lib/protocol/receipt.ts';
import { evidenceKeyFile, readSigner, renewSigner } from '../../src/lib/server/evidence/key.ts';
import { keysOf, makePoint, type EvidenceDeps } from '../../src/lib/server/evidence/points.ts';
import { checkReceipt, makeReceipt } from '../../src/lib/server/evidence/receipts.ts';
import { growTree, readTree, rootAt, TILE, treeSize } from '../../src/lib/server/evidence/tree.ts';
import { recordAtCounty } from '../../src/lib/server/sync/record.ts';
import { openTestCounty, type TestCounty } from './county.ts';

const digest = async (bytes: Uint8Array) => createHash('sha256').update(bytes).digest();
const keys = mkdtempSync(path.join(tmpdir(), 'daiban-evidence-'));
let county: TestCounty;
let deps: EvidenceDeps;
let now = '2026-11-22T01:00:00.000Z';

beforeAll(async () => {
  county = await openTestCounty();
  const { desk, container } = county.room;
  const lockHead = container.database.kind === 'postgres';
  const keyFile = path.join(keys, 'key.json');
  deps = { db: desk.db, county: desk.county, keyFile, now: () => now as Instant, lockHead };
});
afterAll(async () => {
  await county.close();
  rmSync(keys, { recursive: true, force: true });
});

const rows = () => deps.db.selectFrom('log').selectAll().orderBy('seq').execute();
const S01 = async () => {
  const all = await county.room.desk.cases.all();
  const found = all.find(({ file }) => file.petitioners[0]?.name === '周桂芹' && !file.sealed);
  if (found === undefined) throw new Error('the demo has it');
  return found.caseId;
};
const receiptOf = async (caseId: CaseId, sealed = false) => {
  const text = await makeReceipt(deps, { caseId, sealed });
  if (text === null) throw new Error('no receipt');
  return text;
};
/** What the page of a receipt says: the county's word counts only with its proof. */
async function said(text: string, answer?: ReceiptAnswer): Promise<string> {
  const verdict = await verifyReceipt(digest, text, await keysOf(deps.db, deps.county));
  if (verdict.kind !== 'signed') return verdict.kind;
  const told = answer ?? (await checkReceipt(deps, text));
  if (told.kind !== 'contained') return told.kind;
  return (await provesContained(digest, verdict.receipt, told)) ? 'contained' : 'unproved';
}
const visit = async (caseId: CaseId, plain: string) => {
  const payload = { unitId: 'SWJ', plain };
  const of = { actor: { code: 'O' as const, personId: 'o' as never, name: '县局' }, caseId };
  const events = [{ type: 'progress.recorded', payload }];
  const done = await recordAtCounty(county.room.desk.sync, { ...of, events });
  if (!done.ok) throw new Error(String(done.error));
};

describe('the tree over the log', () => {
  it('[AU156] has every entry once, in one go or in pieces, and the tiles say what the leaves do', async () => {
    const log = await rows();
    expect(log.length).toBeGreaterThan(TILE);
    expect(await growTree(deps.db, deps.county, () => false)).toBeLessThanOrEqual(TILE);
    expect(await growTree(deps.db, deps.county)).toBe(log.length);
    const leaves = await deps.db.selectFrom('evidence_leaf').selectAll().orderBy('seq').execute();
    const root = await rootAt(deps.db, deps.county, log.length);
    const places = await deps.db.selectFrom('evidence_tile').select('place').execute();
    expect(places).toHaveLength(Math.floor(log.length / TILE));
    for (const table of ['evidence_leaf', 'evidence_tile'] as const)
      await deps.db.deleteFrom(table).execute();
    // Two that grow the same tree at the same time end with the same rows.
    await Promise.all([growTree(deps.db, deps.county), growTree(deps.db, deps.county)]);
    expect(await treeSize(deps.db, deps.county)).toBe(log.length);
    expect(await rootAt(deps.db, deps.county, log.length)).toBe(root);
    expect(await deps.db.selectFrom('evidence_leaf').selectAll().orderBy('seq').execute()).toEqual(
      leaves,
    );
  });
});

describe('signed roots', () => {
  it('[AU157] one when the log has moved, one each day, and a later one only adds', async () => {
    const first = await makePoint(deps);
    expect(first).toMatchObject({ county: deps.county, at: now });
    now = '2026-11-22T01:05:00.000Z';
    expect(await makePoint(deps)).toBeNull();
    await visit(await S01(), '又去看了一回');
    const second = await makePoint(deps);
    now = '2026-11-22T17:00:00.000Z';
    const nextDay = await makePoint(deps);
    if (!first || !second || !nextDay) throw new Error('three roots');
    expect([second.size - first.size, nextDay.size - second.size]).toEqual([1, 0]);
    const points = await deps.db.selectFrom('evidence_point').select('day').orderBy('n').execute();
    expect(points.map(({ day }) => day)).toEqual(['2026-11-22', '', '2026-11-23']);
    const audit = deps.db.selectFrom('audit').select('note').where('action', '=', 'evidence.day');
    const notes = (await audit.orderBy('n').execute()).map(({ note }) => note);
    expect(notes).toEqual([`${first.size}:${first.root}`, `${nextDay.size}:${nextDay.root}`]);
    const known = await keysOf(deps.db, deps.county);
    expect(await isSignedPoint(second, known)).toBe(true);
    expect(await isSignedPoint({ ...second, size: second.size + 1 }, known)).toBe(false);
    const tree = await readTree(deps.db, deps.county, [first.size - 1, second.size - 1]);
    const steps = consistencyPath(tree, first.size, second.size);
    const of = ({ size, root }: typeof first) => ({
      size,
      root: fromBase64Url(root) ?? new Uint8Array(),
    });
    const both = { earlier: of(first), later: of(second) };
    expect(await isContinuation(digest, both, steps)).toBe(true);
  });

  it('[AU158] the key lies outside the data, and one that is gone is not made anew in silence', async () => {
    expect(evidenceKeyFile('/srv/county')).toBe('/srv/county.evidence-key.json');
    const aside = `${deps.keyFile}.aside`;
    renameSync(deps.keyFile, aside);
    const caseId = await S01();
    await expect(makeReceipt(deps, { caseId, sealed: false })).rejects.toThrow('Put the file back');
    renameSync(aside, deps.keyFile);
    const { rows: all } = await sql<{ note: string }>`SELECT note FROM audit`.execute(deps.db);
    const { privateKey } = JSON.parse(readFileSync(deps.keyFile, 'utf8')) as {
      privateKey: { d: string };
    };
    expect(JSON.stringify(all)).not.toContain(privateKey.d);
    expect(JSON.stringify(await keysOf(deps.db, deps.county))).not.toContain(privateKey.d);
  });
});

describe('receipts', () => {
  it('[AU159] is 170 letters, says when and how much, and is verified without the county', async () => {
    const caseId = await S01();
    const text = await receiptOf(caseId);
    expect(text).toMatch(/^[\w-]{170}$/);
    const known = await keysOf(deps.db, deps.county);
    const verdict = await verifyReceipt(digest, text, known);
    const of = (await rows()).filter((row) => row.case_id === caseId);
    const seconds = Date.parse(now) / 1000;
    expect(verdict).toMatchObject({ kind: 'signed', receipt: { entries: of.length, seconds } });
    for (const at of [20, 60, 90, 169]) {
      const other = text[at] === 'A' ? 'B' : 'A';
      const bent = text.slice(0, at) + other + text.slice(at + 1);
      expect((await verifyReceipt(digest, bent, known)).kind, String(at)).not.toBe('signed');
    }
    expect(await verifyReceipt(digest, text.slice(1), known)).toEqual({ kind: 'unreadable' });
    expect(await verifyReceipt(digest, text, [])).toEqual({ kind: 'foreignKey' });
    // Nothing of the case can be read from it.
    expect(Buffer.from(text, 'base64url').includes(Buffer.from(caseId, 'base64url'))).toBe(false);
  });

  it('[AU160] is shown in the newest signed root, and after more was added as well', async () => {
    const caseId = await S01();
    const text = await receiptOf(caseId);
    await visit(caseId, '再去看一回');
    const late = await receiptOf(caseId);
    expect(await said(late)).toBe('fresh');
    expect(await said(text)).toBe('contained');
    await makePoint(deps);
    expect(await said(late)).toBe('contained');
    expect(await said(text)).toBe('contained');
  });

  it('[AU160] a yes without its proof, or with the proof of another case, is none', async () => {
    const own = await S01();
    const text = await receiptOf(own);
    const answer = await checkReceipt(deps, text);
    if (answer.kind !== 'contained') throw new Error(answer.kind);
    const [, ...shorter] = answer.path;
    expect(await said(text, { ...answer, path: shorter })).toBe('unproved');
    expect(await said(text, { ...answer, position: answer.position - 1 })).toBe('unproved');
    const point = { ...answer.point, at: '2026-12-01T00:00:00.000Z' };
    expect(await said(text, { ...answer, point })).toBe('unproved');
    const all = await county.room.desk.cases.all();
    const other = all.find(({ caseId, file }) => caseId !== own && !file.sealed);
    const foreign = await checkReceipt(deps, await receiptOf(other?.caseId ?? ('' as CaseId)));
    expect(await said(text, foreign)).toBe('unproved');
  });

  it('[AU161] a new key follows from the old one; one that signed itself leads nowhere', async () => {
    const text = await receiptOf(await S01());
    await renewSigner(deps.keyFile, now);
    now = '2026-11-24T01:00:00.000Z';
    expect(await makePoint(deps)).not.toBeNull();
    expect((await keysOf(deps.db, deps.county)).length).toBe(2);
    expect(await said(text)).toBe('contained');
    const late = await receiptOf(await S01());
    expect(readReceipt(late)?.receipt.keyId).not.toBe(readReceipt(text)?.receipt.keyId);
    expect(await said(late)).toBe('contained');
    await renewSigner(deps.keyFile, now, await keysOf(deps.db, deps.county));
    now = '2026-11-25T01:00:00.000Z';
    await makePoint(deps);
    expect(await said(text)).toBe('unproved');
    expect(await said(await receiptOf(await S01()))).toBe('contained');
    expect((await readSigner(deps.keyFile))?.keys).toHaveLength(3);
  });

  it('[AU162] of a sealed case it shows the arrival and nothing of what came after', async () => {
    const all = await county.room.desk.cases.all();
    const sealed = all.find(({ file }) => file.sealed !== null);
    if (sealed === undefined) throw new Error('the demo has one');
    const { caseId } = sealed;
    await visit(caseId, '派了人');
    const text = await receiptOf(caseId, true);
    const entries = readReceipt(text)?.receipt.entries ?? 0;
    const of = (await rows()).filter((row) => row.case_id === caseId);
    expect(of[entries - 1]?.type).toBe('case.received');
    expect(of.length).toBeGreaterThan(entries);
    expect(await said(text)).toBe('contained');
    await visit(caseId, '有了新动静');
    expect(readReceipt(await receiptOf(caseId, true))?.receipt.entries).toBe(entries);
  });
});
