/**
 * 应急包: a vault's unsent work as a file that anybody carries to the county, and the way back. Written
 * from the rows as they lie there: the vault may be locked, forgotten or barred.
 */
import type { Result } from '../domain/values.ts';
import { readAck, ACK_EXTENSION, type AckFault } from '../protocol/ack-file.ts';
import type { Bytes } from '../protocol/bytes.ts';
import { HANDIN_MEDIA_TYPE } from '../protocol/handin-answer.ts';
import { bringHandIn } from '../protocol/handin-bring.ts';
import { HANDIN_EXTENSION, writeHandIn } from '../protocol/handin.ts';
import type { BringDeps, BringReport } from '../protocol/handin-send.ts';
import { exchangeIn } from './event-store-exchange.ts';
import { handInCount, handInRecords, type HandInWriter } from './handin-rows.ts';
import { openSealedDb, rowsHere, type SealedDb } from './sealed-db.ts';
import { planSettled, settledRows, settleScope } from './settle-sealed.ts';

export { ACK_EXTENSION, HANDIN_EXTENSION };

export type HandInDeps = HandInWriter;

/** A file that is made; its bytes lie with the browser, not in memory. */
export interface HandInFile {
  readonly blob: Blob;
  /** Coarse day and eight letters at random: nothing of a person or a place. */
  readonly name: string;
  readonly items: number;
  readonly files: number;
}

const withDb = async <T>(
  database: string,
  work: (db: SealedDb) => Promise<T>,
): Promise<T | null> => {
  const db = await openSealedDb(database);
  if (!db) return null;
  try {
    return await work(db);
  } finally {
    db.close();
  }
};

/** The file of one vault; null where there is none, or nothing in it waits. */
export const handInFileOf = (database: string, deps: HandInDeps): Promise<HandInFile | null> =>
  withDb(database, async (db) => {
    const here = rowsHere(db);
    const { items, files } = await handInCount(here);
    if (items + files === 0) return null;
    let blob = new Blob([], { type: HANDIN_MEDIA_TYPE });
    for await (const part of writeHandIn(deps.digest, handInRecords(here, deps)))
      blob = new Blob([blob, part], { type: HANDIN_MEDIA_TYPE });
    const day = deps.now().slice(0, 10).replaceAll('-', '');
    const print = [...new Uint8Array(await deps.digest(new Uint8Array(await headOf(blob))))];
    const mark = print.slice(0, 4).map((byte) => byte.toString(16).padStart(2, '0'));
    const name = `${day}-${mark.join('')}.${HANDIN_EXTENSION}`;
    return { blob, name, items, files };
  });

/** Enough of a file to tell it from others. */
const headOf = (blob: Blob): Promise<ArrayBuffer> => blob.slice(-64).arrayBuffer();

/**
 * Carries somebody's file to the county: reads nothing of it. What verifies is brought, also of a cut
 * file; bringing it again changes nothing.
 */
export const bringFile = async (file: Blob, deps: BringDeps): Promise<BringReport> =>
  (await bringHandIn(file, deps)).report;

/** Ack files are small; a larger one is none. */
const ACK_FILE_BYTES_MAX = 4 * 1024 * 1024;

/**
 * Takes an ack file in: rows of these vaults that it names are sent from now on. Answers how many
 * there were; a list of another history, or of other tablets, settles none.
 */
export async function takeAckFile(
  file: Blob,
  signers: ReadonlyMap<string, Bytes>,
  databases: readonly string[],
): Promise<Result<number, AckFault>> {
  if (file.size > ACK_FILE_BYTES_MAX) return { ok: false, error: 'NOT_PSA' };
  const list = await readAck(new Uint8Array(await file.arrayBuffer()), signers);
  if (!list.ok) return list;
  let settled = 0;
  for (const database of databases) {
    const changes = await withDb(database, (db) =>
      exchangeIn(db, settleScope(list.value), (view) => planSettled(view, list.value)),
    );
    settled += settledRows(changes?.changes ?? null);
  }
  return { ok: true, value: settled };
}
