/** Held sealed rows are tried again: a key, a slip, a device or the beginning of a case came. */
import * as z from 'zod';
import type { EventId, PersonId } from '../../domain/values.ts';
import type { AsideRow } from '../../ports/county-store.ts';
import {
  HELD_CODES,
  type HeldCode,
  slipsOf,
  type SealedPush,
  type SealedResult,
} from '../../protocol/sealed-rows.ts';
import { isId } from '../../protocol/ids.ts';
import type { Slip } from '../../protocol/slip.ts';
import type { CountyDeps } from './deps.ts';
import type { Asker } from './judge.ts';
import { HELD_ROWS_MAX } from './limits.ts';
import type { Vouched } from './sealed-held.ts';
import { takeSealed, takeVouched, type SealedTaken } from './sealed-intake.ts';

const UNSIGNED = 'SEALED_SIGNATURE' satisfies HeldCode;
/** Held rows that one push tries. */
const ROWS_AT_ONCE = 1_000;

const rawSchema = z.object({
  dv: z.string(),
  ds: z.int(),
  id: z.string(),
  copy: z.string(),
  sig: z.string().optional(),
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

/** 0: settled in another way than by joining the log, as when it lies under another name now. */
const seqOf = (result: SealedResult | undefined, code: string): number | null => {
  if (!result) return null;
  if (result.s === 'held') return result.code === UNSIGNED && code !== UNSIGNED ? 0 : null;
  return 'seq' in result ? result.seq : 0;
};

/** What one carrier brought, as one push. */
const pushOf = (held: readonly Held[], slips: readonly Slip[]): SealedPush => ({
  slips: [...slips],
  rows: held.map(({ raw: { dv, ds, id, copy, sig } }) => {
    return { dv, ds, id, copy, ...(sig === undefined ? {} : { sig }) };
  }),
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

interface Again {
  readonly personId: PersonId;
  readonly slips: readonly Slip[];
  readonly vouched?: Vouched;
}

async function again<S extends Asker>(
  deps: CountyDeps<S>,
  { personId, slips, vouched }: Again,
  held: readonly Held[],
): Promise<number> {
  const carrier = { personId, name: '' };
  const push = pushOf(held, slips);
  const taken = vouched
    ? await takeVouched(deps, { carrier, vouched }, push)
    : await takeSealed(deps, carrier, push);
  if (!taken) return 0;
  const { results } = taken.answer;
  await deps.store.transact(deps.county, async (tx) => {
    // A row whose event came another way, whole, waits for nothing more.
    const ids = held.flatMap(({ raw: { id } }) => (isId(id) ? [id as EventId] : []));
    const known = await tx.known(ids);
    const adopted = held.flatMap(({ aside, raw }, index) => {
      const at = known.get(raw.id as EventId);
      const seq = seqOf(results[index], aside.code) ?? (at?.at === 'log' ? at.seq : null);
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

/**
 * Takes what lies here for want of a signature, because an officer says that it counts: the row of
 * that name and all of the same tablet that came with it. False where none of it could be taken.
 */
export async function vouchFor<S extends Asker>(
  deps: CountyDeps<S>,
  id: EventId,
  vouched: Vouched,
): Promise<boolean> {
  const rows = await deps.store.transact(deps.county, (tx) =>
    tx.asideOpen(UNSIGNED, HELD_ROWS_MAX),
  );
  const asked = rows.find((row) => row.id === id);
  if (asked === undefined) return false;
  const { dv, personId, receivedAt } = asked;
  const came = rows.filter(
    (row) => row.dv === dv && row.personId === personId && row.receivedAt === receivedAt,
  );
  const held = came.flatMap(readHeld);
  const slips = slipsOf({ slips: held.flatMap(({ raw }) => raw.slip ?? []) });
  const stored = await again(deps, { personId, slips, vouched }, held);
  // What waited for the beginning of its case.
  if (stored > 0) await openAgain(deps);
  const after = await deps.store.transact(deps.county, (tx) => tx.aside(id));
  return after?.adoptedSeq !== null;
}
