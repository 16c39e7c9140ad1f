/**
 * Whether a sealed copy is its device's own. Asked of each, for files are cut and carried by anybody:
 *
 *     stands in the log ─────────────────────────────────► known     (`dup`, as ever)
 *     no key, or no place told; signed by its key ───────► signed, or unsigned and taken
 *     before that place, and the place free or its own ──► unsigned, taken
 *     else ──────────────────────────────────────────────► wanted: aside until it comes signed
 *
 * Source: docs/decisions/0018-sealed-signed.md.
 */
import type { EventId } from '../../domain/values.ts';
import type { CountyTx, DeviceRow, Known } from '../../ports/county-store.ts';
import { fromBase64Url } from '../../protocol/bytes.ts';
import { copyBytes } from '../../protocol/device-key.ts';
import type { SealedRow } from '../../protocol/sealed-rows.ts';
import type { RejectionCode } from '../../protocol/sync.ts';
import type { CountyDeps } from './deps.ts';
import type { Asker } from './judge.ts';

export type SealedProof = 'signed' | 'unsigned' | 'wanted' | 'known';

const UNSIGNED = 'SIGNATURE' satisfies RejectionCode;

/** Whether a row carries the signature of this key over its very bytes and place. */
async function isSigned<S extends Asker>(
  { digest, signatures }: CountyDeps<S>,
  { key }: DeviceRow,
  row: SealedRow,
): Promise<boolean> {
  const signature = row.sig === undefined ? null : fromBase64Url(row.sig);
  const copy = fromBase64Url(row.copy);
  if (!signatures || !key || !signature || !copy) return false;
  return signatures(key.publicKey, await copyBytes(digest, { ...row, copy }), signature);
}

function proofOfRow(
  row: SealedRow,
  of: {
    readonly device: DeviceRow;
    readonly signed: boolean;
    readonly known: Known | undefined;
    readonly holder: EventId | undefined;
  },
): SealedProof {
  const { key, sealedFrom } = of.device;
  if (of.known?.at === 'log') return 'known';
  if (of.signed) return 'signed';
  if (key === undefined) return 'unsigned';
  // A plain push kept it aside unsigned: sealed it gets no further.
  if (of.known?.code === UNSIGNED) return 'wanted';
  if (sealedFrom === undefined) return 'unsigned';
  const isOlder = row.ds < sealedFrom && (of.holder === undefined || of.holder === row.id);
  return isOlder ? 'unsigned' : 'wanted';
}

/** Of rows of one device, in their order. A county without a check takes all of them as unsigned. */
export async function sealedProofs<S extends Asker>(
  deps: CountyDeps<S>,
  tx: CountyTx,
  { device, rows }: { readonly device: DeviceRow; readonly rows: readonly SealedRow[] },
): Promise<readonly SealedProof[]> {
  if (deps.signatures === undefined) return rows.map(() => 'unsigned');
  const known = await tx.known([...new Set(rows.map(({ id }) => id as EventId))]);
  const places = await tx.placesOf(device.dv, [...new Set(rows.map(({ ds }) => ds))]);
  const signed = await Promise.all(rows.map((row) => isSigned(deps, device, row)));
  return rows.map((row, n) =>
    proofOfRow(row, {
      ...{ device, signed: signed[n] ?? false, known: known.get(row.id as EventId) },
      holder: places.get(row.ds),
    }),
  );
}
