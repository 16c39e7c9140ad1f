/** Held sealed rows are tried again: a key, a slip, a device or the beginning of a case came. */
import * as z from 'zod';
import type { EventId, PersonId } from '../../domain/values.ts';
import type { AsideRow } from '../../ports/county-store.ts';
import {
  HELD_CODES,
  slipsOf,
  type SealedPush,
  type SealedResult,
} from '../../protocol/sealed-rows.ts';
import { isId } from '../../protocol/ids.ts';
import type { Slip } from '../../protocol/slip.ts';
import type { CountyDeps } from './deps.ts';
import type { Asker } from './judge.ts';
import { HELD_ROWS_MAX } from './limits.ts';
import { takeSealed, type SealedTaken } from './sealed-intake.ts';

/** Held rows that one push tries. */
const ROWS_AT_ONCE = 1_000;

const rawSchema = z.object({
  dv: z.string(),
  ds: z.int(),
  id: z.string(),
  copy: z.string(),
  slip: z.unknown().optional(),
});
type Raw = z.infer<typeof rawSchema>;

interface Held {
  readonly aside: AsideRow;
  readonly raw: Raw;
}

function readHeld(aside: AsideRow): Held[] {
  try {
    const raw = rawSchema.safeParse(JSON.parse(aside.raw));
    return raw.success ? [{ aside, raw: raw.data }] : [];
  } catch {
    return [];
  }
}

/** 0: its event is settled in another way than by joining the log. */
const seqOf = (result: SealedResult | undefined): number | null => {
  if (!result || result.s === 'held') return null;
  return 'seq' in result ? result.seq : 0;
};

/** What one carrier brought, as one push. */
const pushOf = (held: readonly Held[], slips: readonly Slip[]): SealedPush => ({
  slips: [...slips],
  rows: held.map(({ raw: { dv, ds, id, copy } }) => ({ dv, ds, id, copy })),
});

/**
 * Opens what can be opened by now; says how many rows joined the log. Runs at the start of the
 * server, every day, and when slips came that were missed. `more` are slips beside the kept ones.
 */
export async function openAgain<S extends Asker>(
  deps: CountyDeps<S>,
  more: readonly Slip[] = [],
): Promise<number> {
  const rows = await deps.store.transact(deps.county, async (tx) => {
    const all: AsideRow[] = [];
    for (const code of HELD_CODES) all.push(...(await tx.asideOpen(code, HELD_ROWS_MAX)));
    return all;
  });
  const held = rows.flatMap(readHeld);
  const slips = [...more, ...slipsOf({ slips: held.flatMap(({ raw }) => raw.slip ?? []) })];
  let stored = 0;
  for (const [personId, theirs] of Map.groupBy(held, ({ aside }) => aside.personId))
    for (let at = 0; at < theirs.length; at += ROWS_AT_ONCE)
      stored += await again(deps, { personId, slips }, theirs.slice(at, at + ROWS_AT_ONCE));
  return stored;
}

async function again<S extends Asker>(
  deps: CountyDeps<S>,
  { personId, slips }: { readonly personId: PersonId; readonly slips: readonly Slip[] },
  held: readonly Held[],
): Promise<number> {
  const taken = await takeSealed(deps, { personId, name: '' }, pushOf(held, slips));
  if (!taken) return 0;
  const { results } = taken.answer;
  await deps.store.transact(deps.county, async (tx) => {
    // A row whose event came another way, whole, waits for nothing more.
    const ids = held.flatMap(({ raw: { id } }) => (isId(id) ? [id as EventId] : []));
    const known = await tx.known(ids);
    const adopted = held.flatMap(({ aside, raw }, index) => {
      const at = known.get(raw.id as EventId);
      const seq = seqOf(results[index]) ?? (at?.at === 'log' ? at.seq : null);
      return seq === null ? [] : [{ id: aside.id, seq }];
    });
    if (adopted.length > 0) await tx.write({ adopted });
  });
  return taken.stored;
}

/** Whether rows wait that what came just now may open. */
const isAwaited = <S extends Asker>(deps: CountyDeps<S>, stored: number): Promise<boolean> =>
  deps.store.transact(deps.county, async (tx) => {
    if ((await tx.asideOpen('SEALED_NO_SLIP', 1)).length > 0) return true;
    return stored > 0 && (await tx.asideOpen('SEALED_EARLY', 1)).length > 0;
  });

/** Takes sealed rows in, and opens what waited for them. */
export async function bringSealed<S extends Asker>(
  deps: CountyDeps<S>,
  carrier: Asker,
  push: SealedPush,
): Promise<SealedTaken | null> {
  const taken = await takeSealed(deps, carrier, push);
  if (taken && (await isAwaited(deps, taken.stored))) await openAgain(deps, slipsOf(push));
  return taken;
}
