/** What anybody may ask of the county's evidence, and what who sees a case may have signed. */
import { can, sightOf, type Subject } from '../../domain/permissions.ts';
import type { CaseFile } from '../../domain/case-file.ts';
import type { CaseId } from '../../domain/values.ts';
import { fromBase64Url } from '../../protocol/bytes.ts';
import { toBase64Url } from '../../protocol/hash.ts';
import { consistencyPath } from '../../protocol/merkle.ts';
import {
  readReceipt,
  spokenOf,
  type EvidenceKey,
  type ReceiptAnswer,
  type SignedPoint,
  type Spoken,
} from '../../protocol/receipt.ts';
import { LIMITS, type Limiter } from '../auth/rate-limit.ts';
import type { Container } from '../container.ts';
import { newestAuditPoint, type AuditPoint } from './audit-points.ts';
import { dayRoots, keysOf, newestPoint, type EvidenceDeps } from './points.ts';
import { checkReceipt, makeReceipt } from './receipts.ts';
import { evidenceOf } from './start.ts';
import { readTree, sha256 } from './tree.ts';

/** Days on the notice. */
const NOTICE_DAYS = 7;
const waiting = async (bytes: Uint8Array) => sha256(Uint8Array.from(bytes));

/** A receipt as it is drawn: the address goes into the square, the rest is said aloud. */
export interface DrawnReceipt {
  readonly address: string;
  readonly spoken: Spoken;
}

/**
 * Signs for the case; null when the county has nothing to sign. That a key is missing is said in the
 * server's log and never keeps anybody from his answer.
 */
export async function drawReceipt(
  container: Container,
  { caseId, file }: { readonly caseId: CaseId; readonly file: CaseFile },
): Promise<DrawnReceipt | null> {
  const of = { caseId, sealed: file.sealed !== null };
  const text = await makeReceipt(evidenceOf(container), of).catch((error: unknown) => {
    console.error('a receipt could not be signed:', error);
    return null;
  });
  const read = text === null ? null : readReceipt(text);
  if (text === null || read === null) return null;
  const address = `${container.env.origin}/track/receipt#${text}`;
  return { address, spoken: await spokenOf(waiting, read.body) };
}

/** The same for a signed-in person; null also for a case that he does not see. */
export async function receiptForPerson(
  container: Container,
  person: Subject | null,
  caseId: string,
): Promise<DrawnReceipt | null> {
  const { store, county, clock } = container;
  const id = caseId as CaseId;
  const record = (await store.transact(county, (tx) => tx.cases([id]))).get(id);
  if (person === null || record === undefined) return null;
  const scene = { object: sightOf(record.file), now: clock.now() };
  return can(person, 'case.view', scene) ? drawReceipt(container, record) : null;
}

/** Answers about a receipt; tries are limited by address. */
export async function answerReceipt(
  container: Container,
  limiter: Limiter,
  { text, address }: { readonly text: string; readonly address: string },
): Promise<ReceiptAnswer> {
  const waitSeconds = await limiter.take(LIMITS.receiptAddress, address);
  if (waitSeconds > 0) return { kind: 'slow', waitSeconds };
  return checkReceipt(evidenceOf(container), text);
}

/** The public keys, in their order. */
export function publicKeys(container: Container): Promise<EvidenceKey[]> {
  const { db, county } = evidenceOf(container);
  return keysOf(db, county);
}

/** The newest signed root, for a witness who keeps those of before. */
export interface Checkpoint {
  readonly point: SignedPoint | null;
  readonly keys: readonly EvidenceKey[];
  /** The newest signed head of the audit: `verify-audit --since N:TAG` asks whether it still stands. */
  readonly audit: AuditPoint | null;
  /** From the root over `since` entries to this one; null when there is none. */
  readonly path: readonly string[] | null;
}

/** `since`: entries of a root that the witness has; 0 asks for no path. */
export async function checkpointSince(container: Container, since: number): Promise<Checkpoint> {
  const { db, county } = evidenceOf(container);
  const [point, keys] = [await newestPoint({ db, county }), await keysOf(db, county)];
  const audit = await newestAuditPoint(db, county);
  if (point === null || !Number.isSafeInteger(since) || since < 1 || since > point.size)
    return { point, keys, audit, path: null };
  const tree = await readTree(db, county, [since - 1, point.size - 1]);
  return { point, keys, audit, path: consistencyPath(tree, since, point.size).map(toBase64Url) };
}

/** One day on the notice. */
export interface NoticeDay {
  readonly day: string;
  readonly size: number;
  readonly root: string;
  readonly spoken: Spoken;
}

/** What hangs on the county's notice board. */
export interface Notice {
  readonly days: readonly NoticeDay[];
  /** Of the key that signs today; null before the first signature. */
  readonly key: { readonly keyId: string; readonly spoken: Spoken } | null;
  /** Days on which the county was put back from a copy. */
  readonly restoredAt: readonly string[];
}

const spokenText = (text: string): Promise<Spoken> =>
  spokenOf(waiting, fromBase64Url(text) ?? new Uint8Array());

async function restores({ db, county }: Pick<EvidenceDeps, 'db' | 'county'>): Promise<string[]> {
  const epochs = db.selectFrom('epochs').select('at').where('county', '=', county);
  const rows = await epochs.where('n', '>', 1).orderBy('n', 'desc').limit(NOTICE_DAYS).execute();
  return rows.map(({ at }) => at);
}

/** The roots of the last days, newest first. */
export async function notice(container: Container): Promise<Notice> {
  const deps = evidenceOf(container);
  const days = (await dayRoots(deps, NOTICE_DAYS)).map(async ({ day, size, root }) => {
    return { day, size, root, spoken: await spokenText(root) };
  });
  const keyId = (await keysOf(deps.db, deps.county)).at(-1)?.keyId;
  const key = keyId === undefined ? null : { keyId, spoken: await spokenText(keyId) };
  return { days: await Promise.all(days), key, restoredAt: await restores(deps) };
}
