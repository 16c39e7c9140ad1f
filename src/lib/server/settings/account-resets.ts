/**
 * Whose passphrase or second factor somebody else has set lately. Whoever set it knows it, so for
 * RESET_DAYS the two are one hand where two are asked for, the passphrase alone lets no tablet in,
 * and the person is told at the desk who it was.
 */
import * as z from 'zod';
import type { Instant } from '../../domain/values.ts';
import { keptRows, lastKept, type SettingsDeps } from './kept.ts';

/** Name of the kept row, the person behind it. */
export const ACCOUNT_RESET = 'account_reset.';
/** Long enough that he has heard of it: his old passphrase opens nothing. */
export const RESET_DAYS = 30;
const DAY_MS = 86_400_000;
/** Tablets that were let in since; more than these need a code each time. */
const LET_IN_MAX = 20;

const resetSchema = z.object({
  by: z.string(),
  what: z.enum(['passphrase', 'second_factor']),
  at: z.string(),
  /** Device ids that came in since by a code of somebody else. */
  letIn: z.array(z.string()).max(LET_IN_MAX),
});
export type AccountReset = z.infer<typeof resetSchema>;

const readReset = (value: string): AccountReset | null =>
  resetSchema.safeParse(JSON.parse(value)).data ?? null;

const isLate = ({ at }: AccountReset, now: Instant): boolean =>
  Date.parse(now) - Date.parse(at) > RESET_DAYS * DAY_MS;

/** The last one, while it counts; null: nobody did, or long ago. */
export async function lastReset(
  deps: SettingsDeps,
  personId: string,
  now: Instant,
): Promise<AccountReset | null> {
  const row = await lastKept(deps, ACCOUNT_RESET + personId);
  const read = row === undefined ? null : readReset(row.value);
  return read === null || isLate(read, now) ? null : read;
}

/** All that count still, whoever did them: the next one makes none of those before undone. */
async function resetsOf(
  deps: SettingsDeps,
  personId: string,
  now: Instant,
): Promise<readonly AccountReset[]> {
  const rows = await keptRows(deps, ACCOUNT_RESET + personId);
  const read = rows.flatMap(({ value }) => readReset(value) ?? []);
  return read.filter((one) => !isLate(one, now));
}

/**
 * Whose account this person may have been: himself, all who set his passphrase or second factor, and
 * all who had set theirs by then.
 */
async function handsOf(
  deps: SettingsDeps,
  personId: string,
  now: Instant,
): Promise<ReadonlySet<string>> {
  /** Until when a reset of each counts; later ones gave nobody a way to here. */
  const until = new Map([[personId, Infinity]]);
  const open = [personId];
  for (let one = open.pop(); one !== undefined; one = open.pop())
    for (const { by, at } of await resetsOf(deps, one, now)) {
      const then = Date.parse(at);
      if (then > (until.get(one) ?? 0) || then <= (until.get(by) ?? -Infinity)) continue;
      until.set(by, then);
      open.push(by);
    }
  return new Set(until.keys());
}

/** Whether one of the two may have been the other lately, or somebody both. */
export async function areOneHand(
  deps: SettingsDeps,
  [one, other]: readonly [string, string],
  now: Instant,
): Promise<boolean> {
  if (one === other) return true;
  const [a, b] = [await handsOf(deps, one, now), await handsOf(deps, other, now)];
  return !a.isDisjointFrom(b);
}

/** Whether a tablet of this person has to show a code of somebody else first. */
export async function needsCode(
  deps: SettingsDeps,
  { personId, dv }: { readonly personId: string; readonly dv: string },
  now: Instant,
): Promise<boolean> {
  const reset = await lastReset(deps, personId, now);
  return reset !== null && !reset.letIn.includes(dv);
}

/** The row with one tablet more that was let in. */
export const withLetIn = (reset: AccountReset, dv: string): AccountReset => ({
  ...reset,
  letIn: [dv, ...reset.letIn.filter((one) => one !== dv)].slice(0, LET_IN_MAX),
});

/** Who set the passphrase or second factor of whoever is at the desk, for him to know. */
export interface ResetTold {
  readonly name: string;
  readonly what: AccountReset['what'];
  readonly at: string;
}

/** What a person is told of his own account; null: nobody has touched it lately. */
export async function resetTold(
  deps: SettingsDeps & {
    colleagues(): Promise<readonly { readonly personId: string; readonly name: string }[]>;
    now(): Instant;
  },
  personId: string,
): Promise<ResetTold | null> {
  const reset = await lastReset(deps, personId, deps.now());
  if (reset === null) return null;
  const { by, what, at } = reset;
  const name = (await deps.colleagues()).find((one) => one.personId === by)?.name ?? '';
  return { name, what, at };
}
