/**
 * A vault's rows as they lie, without its keys: what the drain and the hand-in file ask for. Over the
 * browser's database it is sealed-db.ts; the simulation has it over a disk in memory.
 */
import type {
  EventRow,
  ExchangeChanges,
  ExchangeScope,
  ExchangeView,
  MediaRecord,
  SyncRecord,
} from '../ports/tablet-store.ts';
import type { Bytes } from '../protocol/bytes.ts';
import type { Slip } from '../protocol/slip.ts';

/** A place in the order of (dv, ds). */
export interface RowPlace {
  readonly dv: string;
  readonly ds: number;
}

/** Reading. */
export interface SealedRowsHere {
  sync(): Promise<SyncRecord | null>;
  /** Slips as they may leave the tablet. */
  slips(): Promise<readonly Slip[]>;
  /** A portion of the unsent rows behind a place, in (dv, ds) order; empty at the end. */
  unsentAfter(after: RowPlace | null): Promise<readonly EventRow[]>;
  /** Files that events name and that have not arrived. */
  filesWaiting(): Promise<readonly MediaRecord[]>;
  chunkOf(id: string, n: number): Promise<Uint8Array | null>;
  /** 64 bytes by the key of that device, which lies beside the rows in clear; null without one. */
  sign(dv: string, bytes: Bytes): Promise<Bytes | null>;
}

/** Taking an answer in; strict. */
export interface SealedRowsTaking extends SealedRowsHere {
  exchange(
    scope: ExchangeScope,
    plan: (view: ExchangeView) => ExchangeChanges | null,
  ): Promise<unknown>;
  /** Files that stand whole at the county now. */
  filesArrived(ids: readonly string[]): Promise<void>;
}
