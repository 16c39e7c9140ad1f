/**
 * The demo's recovery key: made, proposed and confirmed as the desk does it, and then written down
 * where a real county never would, so that whoever tries the demo can open what was forgotten.
 */
import { writeFile } from 'node:fs/promises';
import path from 'node:path';
import { assert } from '../../domain/values.ts';
import { loadArgon2 } from '../../protocol/kdf.ts';
import { printShare, SHARES } from '../../protocol/key-share.ts';
import { newOfficerKey, wrapOfficerKey } from '../../protocol/officer-key.ts';
import { splitSecret } from '../../protocol/shamir.ts';
import { loadSubject } from '../auth/subject.ts';
import { confirmKey, proposeKey } from '../keys/officer-keys.ts';
import type { Room } from '../room.ts';
import type { DemoAccount } from './people.ts';

/** Passphrase of the demo's key file. */
const PASSPHRASE = 'beihe-recovery-demo';
/** The key file, as the page would have given it to the director. */
const KEY_FILE = 'demo-recovery-key.json';

/** What `demo-accounts.json` says of the key. */
export interface DemoRecovery {
  readonly keyId: string;
  /** Beside this file; `npm run restore -- --key=FILE` takes it. */
  readonly keyFile: string;
  readonly passphrase: string;
  /** The three printed sheets, any two of which open. */
  readonly sheets: readonly string[];
}

/** Puts a recovery key in force in the demo's county: the director makes it, the administrator agrees. */
export async function makeDemoRecovery(
  room: Room,
  people: readonly DemoAccount[],
  dataDir: string,
): Promise<DemoRecovery> {
  const holder = async (code: DemoAccount['code']) => {
    const one = people.find((person) => person.code === code);
    assert(one !== undefined, 'the demo has a director and an administrator');
    return loadSubject(room.accounts.db, { id: one.personId, name: one.name });
  };
  const opened = await newOfficerKey('recovery');
  const how = { passphrase: PASSPHRASE, argon2: await loadArgon2() };
  const wrapped = await wrapOfficerKey('recovery', opened, how);
  const proposed = await proposeKey(room, await holder('O5'), wrapped);
  const confirmed = await confirmKey(room, await holder('ADMIN'), opened.keyId);
  assert(proposed === null && confirmed === null, 'the demo’s key comes into force');
  const parts = splitSecret(opened.scalar, SHARES);
  const sheets = await Promise.all(parts.map((part) => printShare(opened.keyId, part)));
  await writeFile(path.join(dataDir, KEY_FILE), `${JSON.stringify(wrapped)}\n`);
  return { keyId: opened.keyId, keyFile: KEY_FILE, passphrase: PASSPHRASE, sheets };
}
