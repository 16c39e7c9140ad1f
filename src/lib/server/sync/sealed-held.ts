/** What the county cannot take yet of sealed work: kept as it came, as far as there is room. */
import type { DeviceId, EventId, Instant, Sha256 } from '../../domain/values.ts';
import type { AsideRow, AuditRow, CountyTx } from '../../ports/county-store.ts';
import { toBase64Url, toHex } from '../../protocol/hash.ts';
import { isId } from '../../protocol/ids.ts';
import type { CopiedEvent } from '../../protocol/sealed-event.ts';
import {
  HELD_CODES,
  HELD_NO_ROOM,
  type HeldCode,
  type SealedPush,
  type SealedResult,
  type SealedRow,
} from '../../protocol/sealed-rows.ts';
import type { Slip } from '../../protocol/slip.ts';
import type { CountyDeps } from './deps.ts';
import type { Asker } from './judge.ts';
import {
  HELD_CHARS_MAX,
  HELD_CHARS_OF_ONE_MAX,
  HELD_ROWS_MAX,
  HELD_ROWS_OF_ONE_MAX,
} from './limits.ts';

/** What the desk's page of kept rows says; the page that takes hand-in files has the same words. */
export const HELD_WHY: Readonly<Record<HeldCode, string>> = {
  SEALED_NO_SLIP: '开它的那一张没一起来，来了自己会打开',
  SEALED_NO_KEY: '县里现在的钥匙打不开，钥匙到了自己会打开',
  SEALED_BROKEN:
    '打不开：路上坏了，或者被动过、换了位置；平板上的那份还在，联网会再来，再存一份应急包带来也行',
  SEALED_EARLY: '它前头的还没到，到了自己会打开',
  SEALED_NO_DEVICE: '这台平板县里没登记过，登记了自己会打开',
  SEALED_SIGNATURE:
    '没有这台平板的签名；平板还在，它自己会再报；平板没了，核实后收下（同一台一次送来的一起收）',
};

/** A row with what it says; `held` when it says nothing yet. */
export type Read =
  | { readonly row: SealedRow; readonly event: CopiedEvent }
  | { readonly row: SealedRow | null; readonly held: HeldCode };

/** One row of a push as it came. */
type Came = SealedPush['rows'][number];

/** One row, what it says, and the slip that came with it. */
export interface SealedCarried {
  readonly came: Came;
  readonly read: Read;
  readonly slip: Slip | undefined;
}

/** One taking in of sealed work. */
export interface SealedScene<S extends Asker> {
  readonly deps: CountyDeps<S>;
  /** Whose the devices of the rows are; those that nobody enrolled are missing. */
  readonly owners: ReadonlyMap<string, S>;
  readonly tx: CountyTx;
  readonly carrier: Asker;
  /** Whose word stands in for a missing signature; null: nobody's. */
  readonly vouched: Vouched | null;
  readonly now: Instant;
}

/** An officer who takes work whose tablet cannot sign it any more. */
export interface Vouched {
  readonly by: Asker;
  readonly reason: string;
}

/** Raw text of a held row: what is needed to open it another day. */
const rawOf = ({ came, slip }: SealedCarried): string =>
  JSON.stringify({ ...came, ...(slip ? { slip } : {}) });

/** Its name beside the log is its bytes': the event's own id stays free for the event. */
function asideRow<S extends Asker>(
  { deps, carrier, now }: SealedScene<S>,
  carried: SealedCarried,
  code: HeldCode,
): AsideRow {
  const raw = rawOf(carried);
  const utf8 = new TextEncoder();
  // A row that opened at last and turns out to be unsigned lies under another name, for the desk.
  const of = code === 'SEALED_SIGNATURE' ? ` ${code}` : '';
  const name = deps.digest(utf8.encode(`${carried.came.id} ${carried.came.copy}${of}`));
  return {
    id: toBase64Url(name.subarray(0, 16)) as EventId,
    h: toHex(deps.digest(utf8.encode(raw))) as Sha256,
    // The column takes what any database keeps; as it came it stands in `raw`.
    dv: (isId(carried.came.dv) ? carried.came.dv : '') as DeviceId,
    ds: Math.max(0, carried.came.ds),
    personId: carrier.personId,
    caseId: '' as AsideRow['caseId'],
    salt: '',
    ...{ code, reason: HELD_WHY[code], raw, receivedAt: now, offset: 0, adoptedSeq: null },
  };
}

/** One for each row, in its order. */
export type Filled = (SealedResult | undefined)[];

/** Room for unopened rows that is left: of all, and of one carrier. */
async function heldRoom(tx: CountyTx, { personId }: Asker) {
  const [all, one] = [
    { rows: 0, chars: 0 },
    { rows: 0, chars: 0 },
  ];
  for (const code of HELD_CODES)
    for (const row of await tx.asideOpen(code, HELD_ROWS_MAX))
      for (const sum of row.personId === personId ? [all, one] : [all]) {
        sum.rows += 1;
        sum.chars += row.raw.length;
      }
  return {
    takes: ({ raw }: AsideRow): boolean => {
      const rows = Math.min(HELD_ROWS_MAX - all.rows, HELD_ROWS_OF_ONE_MAX - one.rows);
      const chars = Math.min(HELD_CHARS_MAX - all.chars, HELD_CHARS_OF_ONE_MAX - one.chars);
      if (rows < 1 || chars < raw.length) return false;
      for (const sum of [all, one]) {
        sum.rows += 1;
        sum.chars += raw.length;
      }
      return true;
    },
  };
}

/** Keeps what cannot be opened, as far as there is room; the same bytes lie there once. */
export async function hold<S extends Asker>(
  scene: SealedScene<S>,
  held: ReadonlyMap<number, { readonly carried: SealedCarried; readonly code: HeldCode }>,
  results: Filled,
): Promise<void> {
  if (held.size === 0) return;
  const rows = new Map<EventId, { readonly row: AsideRow; readonly indexes: number[] }>();
  for (const [index, { carried, code }] of held) {
    const row = asideRow(scene, carried, code);
    const known = rows.get(row.id) ?? { row, indexes: [] };
    known.indexes.push(index);
    rows.set(row.id, known);
    results[index] = { s: 'held', code };
  }
  const here = await scene.tx.known([...rows.keys()]);
  const fresh = [...rows.values()].filter(({ row }) => !here.has(row.id));
  if (fresh.length === 0) return;
  const room = await heldRoom(scene.tx, scene.carrier);
  const aside: AsideRow[] = [];
  for (const { row, indexes } of fresh)
    if (room.takes(row)) aside.push(row);
    else for (const index of indexes) results[index] = { s: 'held', code: HELD_NO_ROOM };
  await scene.tx.write({ aside, audit: unsignedLines(scene, aside) });
}

/** One line for each device of which something was kept for want of its signature. */
const unsignedLines = <S extends Asker>(
  { carrier: { personId }, now }: SealedScene<S>,
  aside: readonly AsideRow[],
): AuditRow[] => {
  const wanting = aside.filter(({ code }) => code === 'SEALED_SIGNATURE');
  return [...Map.groupBy(wanting, ({ dv }) => dv)].map(([dv, rows]) => {
    const line = { at: now, personId, action: 'sync.signature', caseId: null };
    return { ...line, note: `${dv} ${rows.length} sealed` };
  });
};
