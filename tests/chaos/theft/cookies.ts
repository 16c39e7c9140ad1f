/**
 * Cookies are encrypted on the disk, here (no keyring) under a key that everybody knows: a thief
 * reads them, so the search does.
 */
import { createDecipheriv, pbkdf2Sync } from 'node:crypto';
import path from 'node:path';
import { DatabaseSync } from 'node:sqlite';

const key = pbkdf2Sync('peanuts', 'saltysalt', 1, 16, 'sha1');
const iv = Buffer.alloc(16, ' ');
const VERSION = 'v10';

/** Decrypted values of a file of cookies; nothing for every other file. */
export function cookieValues(file: string): readonly Buffer[] {
  if (path.basename(file) !== 'Cookies') return [];
  try {
    const db = new DatabaseSync(file, { readOnly: true });
    const rows = db.prepare('select encrypted_value as v from cookies').all();
    db.close();
    return rows.flatMap(({ v }) =>
      v instanceof Uint8Array ? (decrypted(Buffer.from(v)) ?? []) : [],
    );
  } catch {
    return [];
  }
}

function decrypted(value: Buffer): Buffer | null {
  if (value.subarray(0, VERSION.length).toString() !== VERSION) return null;
  const how = createDecipheriv('aes-128-cbc', key, iv);
  return Buffer.concat([how.update(value.subarray(VERSION.length)), how.final()]);
}
