/**
 * 登记码 at the county: one code lets one new tablet work for one agent, once, within seven days.
 *
 *     desk ──makeCode──▶ open ──spendCode──▶ used (by one device id)
 *                          ├──voidCode───▶ void
 *                          └──seven days──▶ expired
 *
 * Kept are its hash, whose it is and what became of it; every step is a row more and a line of the
 * audit. The code itself stands on one answer of the desk and nowhere else.
 */
import { randomBytes, scrypt, timingSafeEqual } from 'node:crypto';
import * as z from 'zod';
import type { DeviceId, Instant, PersonId } from '../../domain/values.ts';
import type { AuditRow, CountyStore, KeptRow } from '../../ports/county-store.ts';
import { newEnrolCode, readEnrolCode } from '../../protocol/enrol-code.ts';
import { keepNext, lastKept, lastKeptUnder, type By, type SettingsDeps } from '../settings/kept.ts';

/** A code that nobody used ends after so many days. */
export const ENROL_CODE_DAYS = 7;
/** Codes of one agent that are open at once. */
export const OPEN_CODES_MAX = 5;
/** The newest codes of an agent that a typed one is compared with; older ones are plainly wrong. */
const COMPARED_MAX = 20;
const DAY_MS = 86_400_000;

const NAME = 'enrol_code.';
const ID_BYTES = 9;
const SALT_BYTES = 16;
const TAG_BYTES = 32;
/** Some milliseconds and 1 MiB: 2^44 codes are not tried through in the days that one lives. */
const COST = { N: 1_024, r: 8, p: 1 } as const;

const rowSchema = z.object({
  ...{ personId: z.string(), hash: z.string(), expiresAt: z.string() },
  state: z.enum(['open', 'used', 'void']),
  /** The tablet that used it. */
  dv: z.optional(z.string()),
});
type Row = z.infer<typeof rowSchema>;

export interface CodeDeps extends SettingsDeps {
  readonly store: CountyStore;
}

/** A code that somebody may still use; by whom and when it was made. */
export interface OpenCode {
  readonly id: string;
  readonly personId: string;
  readonly expiresAt: string;
  readonly at: string;
  readonly by: string;
}

export interface MadeCode {
  /** Said once, on the answer to who made it. */
  readonly code: string;
  readonly id: string;
  readonly expiresAt: Instant;
}

/** What became of a typed code. */
export type Spent = 'taken' | 'wrong' | 'spent' | 'expired';

const derive = (code: string, salt: Buffer): Promise<Buffer> =>
  new Promise((resolve, reject) => {
    scrypt(code, salt, TAG_BYTES, COST, (error, tag) => (error ? reject(error) : resolve(tag)));
  });

async function hashOf(code: string): Promise<string> {
  const salt = randomBytes(SALT_BYTES);
  return `${salt.toString('base64url')}.${(await derive(code, salt)).toString('base64url')}`;
}

async function matches(code: string, hash: string): Promise<boolean> {
  const [salt = '', tag = ''] = hash.split('.');
  const expected = Buffer.from(tag, 'base64url');
  const actual = await derive(code, Buffer.from(salt, 'base64url'));
  return expected.length === actual.length && timingSafeEqual(expected, actual);
}

interface Step {
  readonly action: string;
  readonly note: object;
}

const lineOf = ({ personId, at }: By, { action, note }: Step): AuditRow => ({
  ...{ at, personId, action, caseId: null, note: JSON.stringify(note) },
});

const keptRow = ({ personId, at }: By, id: string, value: Row): KeptRow => ({
  ...{ name: NAME + id, value: JSON.stringify(value), at, personId },
});

interface Known extends Row {
  readonly id: string;
  readonly n: number;
  readonly at: string;
  readonly by: string;
}

/** Every code there ever was, the newest first. */
async function known(deps: SettingsDeps): Promise<readonly Known[]> {
  const all: Known[] = [];
  for (const [id, row] of await lastKeptUnder(deps, NAME)) {
    const read = rowSchema.safeParse(JSON.parse(row.value));
    if (read.success)
      all.push({ ...read.data, id, n: row.n, at: row.changed_at, by: row.changed_by });
  }
  return all.sort((a, b) => (a.expiresAt < b.expiresAt ? 1 : -1));
}

const isOpen = ({ state, expiresAt }: Row, now: string): boolean =>
  state === 'open' && Date.parse(expiresAt) > Date.parse(now);

/** What may still be used, the newest first. */
export async function openCodes(deps: SettingsDeps, now: Instant): Promise<readonly OpenCode[]> {
  return (await known(deps)).filter((one) => isOpen(one, now));
}

/** A code for one who works in the field; null when too many of his are open. */
export async function makeCode(
  deps: CodeDeps,
  personId: PersonId,
  by: By,
): Promise<MadeCode | null> {
  const open = (await openCodes(deps, by.at)).filter((one) => one.personId === personId);
  if (open.length >= OPEN_CODES_MAX) return null;
  const [made] = await makeCodes(deps, [personId], by);
  return made ?? null;
}

/** A code for each, whatever is open. */
export async function makeCodes(
  deps: CodeDeps,
  people: readonly PersonId[],
  by: By,
): Promise<readonly MadeCode[]> {
  const expiresAt = new Date(Date.parse(by.at) + ENROL_CODE_DAYS * DAY_MS).toISOString() as Instant;
  const fresh = people.map(async (personId) => {
    const [code, id] = [newEnrolCode(), randomBytes(ID_BYTES).toString('base64url')];
    const value: Row = { personId, hash: await hashOf(code), expiresAt, state: 'open' };
    return { code, id, value };
  });
  const all = await Promise.all(fresh);
  const audit = all.map(({ id, value }) =>
    lineOf(by, { action: 'enrol_code.made', note: { id, for: value.personId, expiresAt } }),
  );
  const kept = all.map(({ id, value }) => keptRow(by, id, value));
  await deps.store.transact(deps.county, (tx) => tx.write({ kept, audit }));
  return all.map(({ code, id }) => ({ code, id, expiresAt }));
}

/** 作废; false for one that is not open any more. */
export async function voidCode(deps: CodeDeps, id: string, by: By): Promise<boolean> {
  const one = (await known(deps)).find((row) => row.id === id);
  if (!one || !isOpen(one, by.at)) return false;
  const told = { action: 'enrol_code.voided', note: { id, for: one.personId } };
  return moved(deps, { one, state: 'void', told }, by);
}

interface Move {
  readonly one: Known;
  readonly state: 'used' | 'void';
  readonly dv?: DeviceId;
  readonly told: Step;
}

const rowOf = ({ one, state, dv }: Omit<Move, 'told'>): Row => {
  const { personId, hash, expiresAt } = one;
  return { personId, hash, expiresAt, state, ...(dv && { dv }) };
};

/** One step of a code with its line; false when somebody was quicker: it is never used twice. */
function moved({ store, county }: CodeDeps, to: Move, by: By): Promise<boolean> {
  const { id, n } = to.one;
  return store.transact(county, async (tx) => {
    if ((await tx.keptRows(NAME + id)) !== n) return false;
    await tx.write({ kept: [keptRow(by, id, rowOf(to))], audit: [lineOf(by, to.told)] });
    return true;
  });
}

/**
 * Every open code of a person is void, inside somebody else's transaction; answers the lines of the
 * audit that belong to it.
 */
export async function voidAll(
  deps: SettingsDeps,
  personId: string,
  by: By,
): Promise<readonly AuditRow[]> {
  const open = (await known(deps)).filter((one) => one.personId === personId && isOpen(one, by.at));
  for (const one of open) {
    const value = rowOf({ one, state: 'void' });
    await keepNext(deps, { name: NAME + one.id, value, after: one.n }, by);
  }
  return open.map(({ id }) =>
    lineOf(by, { action: 'enrol_code.voided', note: { id, for: personId } }),
  );
}

/**
 * Uses the code that an agent typed on the tablet `dv`: taken only once, but by the same tablet as
 * often as its answer was lost on the way.
 */
export async function spendCode(
  deps: CodeDeps,
  { typed, dv }: { readonly typed: string; readonly dv: DeviceId },
  by: By,
): Promise<Spent> {
  const one = await found(deps, typed, by.personId);
  if (one === null) return refused(deps, { outcome: 'wrong', dv }, by);
  const { id } = one;
  if (one.state === 'used' && one.dv === dv) return 'taken';
  if (one.state !== 'open') return refused(deps, { outcome: 'spent', dv, id }, by);
  if (!isOpen(one, by.at)) return refused(deps, { outcome: 'expired', dv, id }, by);
  const told = { action: 'enrol_code.used', note: { id, dv } };
  if (await moved(deps, { one, state: 'used', dv, told }, by)) return 'taken';
  const now = await lastKept(deps, NAME + id);
  const read = now && rowSchema.safeParse(JSON.parse(now.value));
  if (read?.success && read.data.state === 'used' && read.data.dv === dv) return 'taken';
  return refused(deps, { outcome: 'spent', dv, id }, by);
}

/** The person's own code of those letters; somebody else's is as wrong as any. */
async function found(deps: SettingsDeps, typed: string, personId: string): Promise<Known | null> {
  const code = readEnrolCode(typed);
  if (code === null) return null;
  const own = (await known(deps)).filter((one) => one.personId === personId);
  for (const one of own.slice(0, COMPARED_MAX)) if (await matches(code, one.hash)) return one;
  return null;
}

async function refused(
  deps: CodeDeps,
  of: { readonly outcome: Exclude<Spent, 'taken'>; readonly dv: DeviceId; readonly id?: string },
  by: By,
): Promise<Spent> {
  const { outcome, ...note } = of;
  const action = outcome === 'expired' ? 'enrol_code.expired' : 'enrol_code.wrong';
  const audit = [lineOf(by, { action, note: { ...note, why: outcome } })];
  await deps.store.transact(deps.county, (tx) => tx.write({ audit }));
  return outcome;
}
