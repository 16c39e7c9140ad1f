/**
 * The county's public keys as a signed list: what tablets seal to, and who signs the ways back. A
 * tablet takes the first list at its enrolment (over TLS, by a signed-in agent) and from then on only
 * what a signer of the list before has signed; recovery keys that the build names are the only ones.
 *
 *     signature = ECDSA P-256, SHA-256 over "daiban keys 1|" by "|" canonical(list without both)
 */
import { fromBase64Url, joinBytes, textBytes, type Bytes } from './bytes.ts';
import { canonical } from './canonical.ts';
import { countyKeysSchema, type CountyKeys } from './county-keys-shape.ts';
import { toBase64Url } from './hash.ts';
import { isRecipientKey, type Recipient } from './sealed.ts';

const SIGNING = { name: 'ECDSA', hash: 'SHA-256' } as const;
const CURVE = { name: 'ECDSA', namedCurve: 'P-256' } as const;
export type { CountyKeys };
export type UnsignedKeys = Omit<CountyKeys, 'by' | 'signature'>;

const signed = ({ v, county, at, recipients, signers }: UnsignedKeys, by: string): Bytes =>
  joinBytes(
    textBytes(`daiban keys 1|${by}|`),
    textBytes(canonical({ v, county, at, recipients, signers })),
  );

/** Signs a list; the private half as JWK. */
export async function signCountyKeys(
  list: UnsignedKeys,
  signer: { readonly keyId: string; readonly privateKey: JsonWebKey },
): Promise<CountyKeys> {
  const key = await crypto.subtle.importKey('jwk', signer.privateKey, CURVE, false, ['sign']);
  const signature = await crypto.subtle.sign(SIGNING, key, signed(list, signer.keyId));
  return { ...list, by: signer.keyId, signature: toBase64Url(new Uint8Array(signature)) };
}

/** Public halves of a list's signers, by key id: what `readAck` asks for. */
export const signersOf = (keys: Pick<CountyKeys, 'signers'>): Map<string, Bytes> =>
  new Map(
    keys.signers.flatMap(({ keyId: id, publicKey }) => {
      const bytes = fromBase64Url(publicKey);
      return bytes ? [[id, bytes] as const] : [];
    }),
  );

async function isSignedBy(list: CountyKeys, signers: ReadonlyMap<string, Bytes>): Promise<boolean> {
  const [known, signature] = [signers.get(list.by), fromBase64Url(list.signature)];
  if (!known || !signature) return false;
  try {
    const key = await crypto.subtle.importKey('raw', known, CURVE, false, ['verify']);
    return await crypto.subtle.verify(SIGNING, key, signature, signed(list, list.by));
  } catch {
    return false;
  }
}

/**
 * The list a tablet goes on with: the offered one if it may replace the one before, else the one
 * before. Null only where nothing was here and the offered one is not even its own signer's.
 */
export async function takeCountyKeys(
  before: CountyKeys | null,
  offered: unknown,
  pinnedRecovery: readonly string[] = [],
): Promise<CountyKeys | null> {
  const parsed = countyKeysSchema.safeParse(offered);
  if (!parsed.success) return before;
  const list = parsed.data;
  if (before && (list.county !== before.county || list.at < before.at)) return before;
  if (!(await isSignedBy(list, signersOf(before ?? list)))) return before;
  const foreign = list.recipients.some(
    ({ kind, publicKey }) =>
      kind === 'recovery' && pinnedRecovery.length > 0 && !pinnedRecovery.includes(publicKey),
  );
  return foreign ? before : list;
}

/** What an envelope is wrapped to. */
export const recipientsOf = (keys: Pick<CountyKeys, 'recipients'>): Recipient[] =>
  keys.recipients.flatMap(({ kind, keyId: id, publicKey }) => {
    const bytes = fromBase64Url(publicKey);
    return bytes && isRecipientKey(bytes) ? [{ kind, keyId: id, publicKey: bytes }] : [];
  });
