/**
 * `npm run -s rotate-intake-key`: a new current intake key in INTAKE_KEY_FILE. The one before stays in
 * force beside it, older ones open what was sealed to them for 400 days; a running server takes the
 * file as it stands, tablets hear of it with their next enrolment or exchange. One JSON line.
 */
import { COUNTY } from '../src/lib/server/county.ts';
import { readEnv } from '../src/lib/server/env.ts';
import {
  intakeKeyRing,
  intakeRecipients,
  rotateIntakeKey,
} from '../src/lib/server/intake-keys/key-ring.ts';

if (process.argv.length > 2) {
  console.error('usage: npm run -s rotate-intake-key');
  process.exit(2);
}
const env = readEnv(process.env);
if (!env.ok) {
  console.error(env.error.join('\n'));
  process.exit(1);
}
const { intakeKeyFile } = env.value;
const now = new Date().toISOString();
await intakeKeyRing(intakeKeyFile, now);
const ring = await rotateIntakeKey(intakeKeyFile, now);
const inForce = intakeRecipients(ring).map(({ keyId }) => keyId);
console.log(JSON.stringify({ county: COUNTY.code, inForce, kept: ring.keys.length }));
