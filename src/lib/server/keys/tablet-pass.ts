/**
 * The pass of a tablet: what every enrolment's answer gives it, and what shows, when it takes a new
 * device id, or the county lost sight of it in a restore, that it is a tablet the county let in. It
 * names person and device and opens nothing without the person's own sign-in.
 *
 *     pass = dv "." HMAC-SHA-256( secret, "daiban-tablet-pass/1\n" county "\n" dv "\n" person id )
 */
import { createHmac, randomBytes, timingSafeEqual } from 'node:crypto';
import * as z from 'zod';
import type { PersonId } from '../../domain/values.ts';
import { keepNext, lastKept, type By, type SettingsDeps } from '../settings/kept.ts';

/** Name of its row: in the database, so that it is the same on all nodes and after a restore. */
const SECRET = 'tablet_pass_secret';
const SECRET_BYTES = 32;
const PASS = /^([\w-]{22})\.[\w-]{43}$/;

const secretSchema = z.object({ secret: z.string().min(SECRET_BYTES) });

async function secretOf(deps: SettingsDeps): Promise<string | null> {
  const row = await lastKept(deps, SECRET);
  const read = row && secretSchema.safeParse(JSON.parse(row.value));
  return read?.success ? read.data.secret : null;
}

/** The secret, made at the first tablet; two nodes at once end with the same. */
async function madeSecret(deps: SettingsDeps, by: By): Promise<string> {
  const there = await secretOf(deps);
  if (there !== null) return there;
  const value = { secret: randomBytes(SECRET_BYTES).toString('base64url') };
  await keepNext(deps, { name: SECRET, value, after: 0 }, by);
  return (await secretOf(deps)) ?? value.secret;
}

interface Bearer {
  readonly dv: string;
  readonly personId: PersonId;
}

const passFor = (secret: string, county: string, { dv, personId }: Bearer): string => {
  const text = `daiban-tablet-pass/1\n${county}\n${dv}\n${personId}`;
  return `${dv}.${createHmac('sha256', secret).update(text).digest('base64url')}`;
};

/** The pass of a tablet that is bound to this person. */
export async function tabletPass(deps: SettingsDeps, dv: string, by: By): Promise<string> {
  return passFor(await madeSecret(deps, by), deps.county, { dv, personId: by.personId });
}

/** The device id that a pass was given to, when it was given to this person here; else null. */
export async function passHolder(
  deps: SettingsDeps,
  pass: string,
  personId: PersonId,
): Promise<string | null> {
  const dv = PASS.exec(pass)?.[1];
  const secret = dv === undefined ? null : await secretOf(deps);
  if (dv === undefined || secret === null) return null;
  const [given, right] = [pass, passFor(secret, deps.county, { dv, personId })].map((one) =>
    Buffer.from(one, 'latin1'),
  );
  if (!given || !right || given.length !== right.length) return null;
  return timingSafeEqual(given, right) ? dv : null;
}
