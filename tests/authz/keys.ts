/** A key that waits for its second person, and one that a thief would put in its place. */
import type { Instant, PersonId } from '../../src/lib/domain/values.ts';
import { officerKeySchema } from '../../src/lib/protocol/officer-key.ts';
import type { Container } from '../../src/lib/server/container.ts';
import { OFFICER_KEY, signedWord } from '../../src/lib/server/keys/officer-key-rows.ts';

export const WAITING_KEY = 'recovery-0badc0de';
/** The curve's own base point: on the curve, as any key is. */
const POINT =
  '046b17d1f2e12c4247f8bce6e563a440f277037d812deb33a0f4a13945d898c296' +
  '4fe342e2fe1a7f9b8ee7eb4a7c0f9e162bce33576b315ececbb6406837bf51f5';
const keyNamed = (keyId: string) => ({
  ...{ v: 1, purpose: 'recovery', keyId, kdf: { kind: 'pbkdf2', rounds: 600_000 } },
  publicKey: Buffer.from(POINT, 'hex').toString('base64url'),
  ...{ salt: 'AAAAAAAAAAAAAAAAAAAAAA', box: 'A'.repeat(80) },
});
export const THIEFS_KEY = JSON.stringify(keyNamed('recovery-00007e1f'));

/** Puts the waiting key there, as the director would have made it. */
export async function seedWaitingKey({ store, county, clock, keys }: Container): Promise<void> {
  const at = clock.now() as Instant;
  const by = 'p-director' as PersonId;
  const key = officerKeySchema.parse(keyNamed(WAITING_KEY));
  const word = {
    state: 'proposed' as const,
    by,
    madeAt: at,
    confirmedBy: '',
    confirmedAt: '',
    key,
  };
  const value = JSON.stringify(
    await signedWord(county, word, { ring: await keys.ring(), after: null }),
  );
  const kept = [{ name: `${OFFICER_KEY}${WAITING_KEY}`, value, at, personId: by }];
  await store.transact(county, (tx) => tx.write({ kept }));
}
