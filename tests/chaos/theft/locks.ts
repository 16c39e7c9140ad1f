/** A county whose tablets get a lock: the switch, and a recovery key in force. */
import path from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { toBase64Url } from '../../../src/lib/protocol/hash.ts';
import { newOfficerKey } from '../../../src/lib/protocol/officer-key.ts';
import type { Place } from '../place.ts';

/** Starts something with locks wanted, on a county that has a recovery key from here on. */
export async function withLocks<T>({ dataDir }: Place, start: () => Promise<T>): Promise<T> {
  const { keyId, publicKey } = await newOfficerKey('recovery');
  const key = {
    ...{ v: 1, purpose: 'recovery', keyId, kdf: { kind: 'pbkdf2', rounds: 600_000 } },
    ...{ publicKey: toBase64Url(publicKey), salt: 'A'.repeat(22), box: 'A'.repeat(80) },
  };
  const at = new Date().toISOString();
  const value = { state: 'confirmed', by: 'p', madeAt: at, confirmedBy: 'q', confirmedAt: at, key };
  const db = new DatabaseSync(path.join(dataDir, 'daiban.sqlite'));
  db.prepare(
    `insert into county_setting (county, name, n, value, changed_at, changed_by)
     select ?, ?, count(*) + 1, ?, ?, 'p' from county_setting where name = ?`,
  ).run('230278000000', `officer_key.${keyId}`, JSON.stringify(value), at, `officer_key.${keyId}`);
  db.close();
  const before = process.env['TABLET_VAULTS'];
  process.env['TABLET_VAULTS'] = '1';
  try {
    return await start();
  } finally {
    if (before === undefined) delete process.env['TABLET_VAULTS'];
    else process.env['TABLET_VAULTS'] = before;
  }
}
