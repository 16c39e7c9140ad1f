/**
 * Whose passphrase or second factor somebody else has set lately. Whoever set it knows it, so for
 * RESET_DAYS the two are one hand where two are asked for, the passphrase alone lets no tablet in,
 * and the person is told at the desk who it was.
 */
import * as z from 'zod';
import type { Instant } from '../../domain/values.ts';
import { lastKept, type SettingsDeps } from './kept.ts';

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

/** The one that counts still; null: nobody did, or long ago. */
export async function lastReset(
  deps: SettingsDeps,
  personId: string,
  now: Instant,
): Promise<AccountReset | null> {
  const row = await lastKept(deps, ACCOUNT_RESET + personId);
  const read = row && resetSchema.safeParse(JSON.parse(row.value));
  if (!read?.success) return null;
  const age = Date.parse(now) - Date.parse(read.data.at);
  return age <= RESET_DAYS * DAY_MS ? read.data : null;
}

/** Whether one of the two has set the passphrase or second factor of the other, or somebody that of both. */
export async function areOneHand(
  deps: SettingsDeps,
  [one, other]: readonly [string, string],
  now: Instant,
): Promise<boolean> {
  if (one === other) return true;
  const [a, b] = [await lastReset(deps, one, now), await lastReset(deps, other, now)];
  return a?.by === other || b?.by === one || (a !== null && a.by === b?.by);
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
