import { argon2, randomBytes, timingSafeEqual } from 'node:crypto';

/** Argon2id costs for sign-in at the county (OWASP: 19 MiB, 2 passes): about 60 ms. */
const MEMORY_KIB = 19_456;
const PASSES = 2;
const TAG_BYTES = 32;
const SALT_BYTES = 16;

/** Passphrases are cut nowhere; beyond this length they are refused before hashing. */
export const PASSPHRASE_MAX = 128;
/** Counted in code points, so 十个字 are ten. */
export const PASSPHRASE_MIN = 10;

interface Costs {
  readonly memory: number;
  readonly passes: number;
}

function derive(passphrase: string, salt: Buffer, costs: Costs): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    argon2(
      'argon2id',
      {
        message: Buffer.from(passphrase.normalize('NFKC'), 'utf8'),
        nonce: salt,
        parallelism: 1,
        tagLength: TAG_BYTES,
        memory: costs.memory,
        passes: costs.passes,
      },
      (error, key) => (error ? reject(error) : resolve(key)),
    );
  });
}

/** Hashes a passphrase as `argon2id$<KiB>$<passes>$<salt>$<tag>`, salt and tag in base64url. */
export async function hashPassphrase(passphrase: string): Promise<string> {
  const salt = randomBytes(SALT_BYTES);
  const tag = await derive(passphrase, salt, { memory: MEMORY_KIB, passes: PASSES });
  const parts = [MEMORY_KIB, PASSES, salt.toString('base64url'), tag.toString('base64url')];
  return `argon2id$${parts.join('$')}`;
}

/** Compares in constant time; a hash of another shape is simply not a match. */
export async function verifyPassphrase(hash: string, passphrase: string): Promise<boolean> {
  const [kind, memory, passes, salt, tag] = hash.split('$');
  if (kind !== 'argon2id' || !memory || !passes || !salt || !tag) return false;
  const expected = Buffer.from(tag, 'base64url');
  const costs = { memory: Number(memory), passes: Number(passes) };
  const actual = await derive(passphrase, Buffer.from(salt, 'base64url'), costs);
  return expected.length === actual.length && timingSafeEqual(expected, actual);
}
