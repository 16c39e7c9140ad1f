/**
 * The next sealing key, or the first after SEALING_KEY_FILE was lost. Rows stay as they are: only
 * the keys under which they lie are wrapped to it as well.
 */
import { existsSync } from 'node:fs';
import type { Kysely } from 'kysely';
import { fail, ok, type Result } from '../../domain/values.ts';
import {
  newSealingRing,
  readRing,
  rotateIntakeKey,
  type KeyRing,
} from '../intake-keys/key-ring.ts';
import type { Opener } from '../keys/sealed-file.ts';
import type { CountyTables } from '../store/tables.ts';
import { inForce, readKeys, unwrapRecovered, unwrapWith, wrapMore } from './data-keys.ts';

export interface RotateOf {
  readonly db: Kysely<CountyTables>;
  readonly county: string;
  /** SEALING_KEY_FILE. */
  readonly file: string;
  /** UTC instant. */
  readonly now: string;
  /** A recovery key: the file is lost. */
  readonly opener?: Opener | undefined;
}

export interface Rotated {
  readonly inForce: readonly string[];
  /** Data keys of the county, and those of them that the new key opens. */
  readonly keys: number;
  readonly opened: number;
}

async function nextRing({ file, now, opener }: RotateOf): Promise<Result<KeyRing, string>> {
  if (existsSync(file)) return ok(await rotateIntakeKey(file, now, 'sealing'));
  if (opener !== undefined) return ok(await newSealingRing(file, now));
  return fail(
    `There is no ${file}. Put its copy back; if it is lost, a recovery key opens what lies under it: ` +
      'add --key=FILE or --shares.',
  );
}

/** Makes the key and wraps to it what opens. A running server takes the file within a minute. */
export async function rotateSealing(of: RotateOf): Promise<Result<Rotated, string>> {
  const { db, county, file, opener } = of;
  const keys = await readKeys(db, county);
  if (opener !== undefined)
    for (const key of keys) {
      // Before anything is made: a wrong sheet must change nothing.
      const tried = await unwrapRecovered(key, opener);
      if (!tried.ok) return tried;
    }
  const before = existsSync(file) ? await readRing(file) : null;
  const ring = await nextRing(of);
  if (!ring.ok) return ring;
  let opened = 0;
  for (const key of keys) {
    const recovered = opener && (await unwrapRecovered(key, opener));
    const data = recovered?.ok ? recovered.value : before && (await unwrapWith(before, key));
    if (!data) continue;
    await wrapMore(db, { county, key, to: inForce(ring.value) }, data);
    opened += 1;
  }
  const names = inForce(ring.value).map(({ keyId }) => keyId);
  return ok({ inForce: names, keys: keys.length, opened });
}
