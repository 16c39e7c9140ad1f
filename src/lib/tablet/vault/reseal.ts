/**
 * Idle work of an open vault: what the county has for good leaves the envelopes that the county's
 * intake key could open, and envelopes that nothing lies in any more lose their slip.
 *
 *     own event, unsent                   0x21, county envelope: can be handed in while locked
 *     own event, in a checked backup (③)  0x11, the vault alone
 *     of a case that went away, any       0x21, blind envelope: stays so until it is taken away
 *
 * A rewind of the county's history brings an event back to unsent; before that it goes into an envelope
 * again (`readyToSendAgain`), so that no unsent work waits for the next unlock.
 */
import type { BodySwap, EventRow, TabletStore } from '../../ports/tablet-store.ts';
import { envelopeOf } from '../../protocol/sealed.ts';
import { levelOf } from '../ack-level.ts';
import { halfAway, putAway } from '../case-away.ts';
import { casePlace, eventPlace, factsPlace } from '../places.ts';
import type { SealedCase, SealedEvent } from '../sealed-shapes.ts';
import type { SentAgain } from '../sent-again.ts';
import { aboutTheBody, isBlind, type Vault } from '../vault.ts';
import { VAULT_JSON, type Place } from './body.ts';

/** Bodies of one turn: some 20 ms of a slow tablet, and one transaction. */
export const RESEALED_PER_TURN = 200;
/** A slip that nothing was sealed under for so long is in no window's hands. */
export const SLIP_DAYS = 3;

export interface ResealDeps {
  readonly store: TabletStore;
  readonly vault: Vault;
  /** Coarse day of this moment. */
  today(): number;
}

export interface Resealed {
  readonly swapped: number;
  readonly dropped: number;
  /** There is more: call again when nothing else is to be done. */
  readonly more: boolean;
}

/** One turn; killed at any point it costs nothing, and it marks nothing. */
export async function reseal(deps: ResealDeps): Promise<Resealed> {
  if (deps.vault.blind) for (const id of await halfAway(deps)) await putAway(deps, id);
  const todo = [...(await eventsToSeal(deps)), ...(await casesToSeal(deps))];
  const turn = todo.slice(0, RESEALED_PER_TURN);
  const swaps = await Promise.all(turn.map((one) => one()));
  const swapped = await deps.store.swapBodies(swaps.flatMap((swap) => swap ?? []));
  const more = todo.length > turn.length;
  const dropped = more ? 0 : await dropSlips(deps);
  return { swapped, dropped, more };
}

/** Makes the body anew; null when it does not open (the round sets such a row aside, not we). */
type Todo = () => Promise<BodySwap | null>;

const inEnvelope = (body: Uint8Array | null): body is Uint8Array =>
  body !== null && envelopeOf(body) !== null;

async function eventsToSeal(deps: ResealDeps): Promise<readonly Todo[]> {
  const sync = await deps.store.sync();
  if (!sync) return [];
  const safe: EventRow[] = [];
  for (const row of await deps.store.eventsIn('a'))
    if (inEnvelope(row.body) && levelOf(row, sync) === 3 && !(await isBlind(deps.vault, row.body)))
      safe.push(row);
  const unsent = (await deps.store.eventsIn('p')).filter((row) => !inEnvelope(row.body));
  return [
    ...safe.map((row) => () => intoVault(deps, row)),
    ...unsent.map((row) => () => intoEnvelope(deps, row)),
  ];
}

const intoVault = ({ vault }: ResealDeps, { id, body }: EventRow): Promise<BodySwap | null> =>
  swapped({ store: 'events', id, before: body }, async () => {
    // Without the case's salt: that was for the county.
    const { body: event, h, stamp } = (await vault.open(body, eventPlace(id))) as SealedEvent;
    return vault.seal({ body: event, h, stamp }, eventPlace(id));
  });

const intoEnvelope = (
  { store, vault }: Pick<ResealDeps, 'store' | 'vault'>,
  row: EventRow,
): Promise<BodySwap | null> =>
  swapped({ store: 'events', id: row.id, before: row.body }, async () => {
    const record = await store.caseOf(row.caseId);
    if (!record) return null;
    const { salt } = (await vault.open(record.body, casePlace(row.caseId))) as SealedCase;
    return vault.captureEvent(
      (await vault.open(row.body, eventPlace(row.id))) as SealedEvent,
      salt,
    );
  });

/** Own, under the vault's own key, and about to be unsent again. */
const goesBack = ({ dv, ds, state, seq, body }: EventRow, { base, dsFrom }: SentAgain): boolean =>
  dv !== '' &&
  ds >= dsFrom &&
  state !== 'p' &&
  (state !== 'f' || seq > base) &&
  body[0] === VAULT_JSON;

/**
 * Before a rewind or a hole is taken in: what it makes unsent is sealed for the county first. Rejects
 * when the vault is locked meanwhile, and then the answer waits for the next unlock, too.
 */
export async function readyToSendAgain(
  deps: Pick<ResealDeps, 'store' | 'vault'>,
  again: SentAgain,
): Promise<void> {
  const rows: EventRow[] = [];
  await deps.store.exchange({ ids: [], cases: [], own: true, all: true }, (view) => {
    for (const row of view.rows.values()) if (goesBack(row, again)) rows.push(row);
    return null;
  });
  for (let at = 0; at < rows.length; at += RESEALED_PER_TURN) {
    const turn = rows.slice(at, at + RESEALED_PER_TURN);
    const swaps = await Promise.all(turn.map((row) => intoEnvelope(deps, row)));
    await deps.store.swapBodies(swaps.flatMap((swap) => swap ?? []));
  }
}

async function casesToSeal({ store, vault }: ResealDeps): Promise<readonly Todo[]> {
  const again = (of: Pick<BodySwap, 'store' | 'id' | 'before'>, place: Place): Todo => {
    return () => swapped(of, async () => vault.seal(await vault.open(of.before, place), place));
  };
  return (await store.cases()).flatMap(({ id, body, facts }) => [
    ...(inEnvelope(body) ? [again({ store: 'cases', id, before: body }, casePlace(id))] : []),
    ...(inEnvelope(facts) ? [again({ store: 'facts', id, before: facts }, factsPlace(id))] : []),
  ]);
}

async function swapped(
  of: Pick<BodySwap, 'store' | 'id' | 'before'>,
  sealAnew: () => Promise<Uint8Array | null>,
): Promise<BodySwap | null> {
  try {
    const after = await sealAnew();
    return after && { ...of, after };
  } catch (error) {
    aboutTheBody(error);
    return null;
  }
}

/** The look at all bodies comes after the look at the slips: what is used by now counts. */
async function dropSlips({ store, today }: ResealDeps): Promise<number> {
  const before = today() - SLIP_DAYS;
  const old = (await store.slips()).filter(({ day, files }) => day < before && !files);
  if (old.length === 0) return 0;
  const used = await store.envelopes();
  const unused = old.map(({ id }) => id).filter((id) => !used.has(id));
  await store.dropSlips(unused, before);
  return unused.length;
}
