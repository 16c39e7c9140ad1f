/**
 * The county's public keys as a signed list: what tablets seal to, and who signs the ways back. A
 * tablet takes the first list at its enrolment (over TLS, by a signed-in agent) and from then on only
 * what a signer of the list before has signed; recovery keys that the build names are the only ones.
 *
 *     signature = ECDSA P-256, SHA-256 over "daiban keys 1|" by "|" canonical(list without both)
 *     sealing   = the same over "daiban sealing keys 1|" by "|" canonical({county, at, keys})
 */
import { fromBase64Url, joinBytes, textBytes, type Bytes } from './bytes.ts';
import { canonical } from './canonical.ts';
import { countyKeysSchema, type CountyKeys } from './county-keys-shape.ts';
import { toBase64Url } from './hash.ts';
import { isRecipientKey, type Recipient } from './sealed.ts';

const SIGNING = { name: 'ECDSA', hash: 'SHA-256' } as const;
const CURVE = { name: 'ECDSA', namedCurve: 'P-256' } as const;
export type { CountyKeys };
type SealingKeys = NonNullable<CountyKeys['sealing']>['keys'];
export type UnsignedKeys = Omit<CountyKeys, 'by' | 'signature' | 'sealing'> & {
  /** None: the county seals nothing on tablets. */
  readonly sealing?: SealingKeys;
};

type Signed = Omit<CountyKeys, 'by' | 'signature' | 'sealing'>;

const signed = ({ v, county, at, recipients, signers }: Signed, by: string): Bytes =>
  joinBytes(
    textBytes(`daiban keys 1|${by}|`),
    textBytes(canonical({ v, county, at, recipients, signers })),
  );

const sealingSigned = ({ county, at }: Signed, by: string, keys: SealingKeys): Bytes =>
  joinBytes(
    textBytes(`daiban sealing keys 1|${by}|`),
    textBytes(
      canonical({ county, at, keys: keys.map(({ keyId, publicKey }) => [keyId, publicKey]) }),
    ),
  );

/** Signs a list; the private half as JWK. */
export async function signCountyKeys(
  list: UnsignedKeys,
  signer: { readonly keyId: string; readonly privateKey: JsonWebKey },
): Promise<CountyKeys> {
  const key = await crypto.subtle.importKey('jwk', signer.privateKey, CURVE, false, ['sign']);
  const sign = async (bytes: Bytes): Promise<string> =>
    toBase64Url(new Uint8Array(await crypto.subtle.sign(SIGNING, key, bytes)));
  const { sealing, ...rest } = list;
  const by = signer.keyId;
  const whole = { ...rest, by, signature: await sign(signed(rest, by)) };
  if (!sealing || sealing.length === 0) return whole;
  const signature = await sign(sealingSigned(rest, by, sealing));
  return { ...whole, sealing: { keys: sealing, signature } };
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
  const { sealing, by } = list;
  const known = signers.get(by);
  if (!known) return false;
  const parts = [{ said: signed(list, by), signature: list.signature }];
  if (sealing)
    parts.push({
      said: sealingSigned(list, by, sealing.keys),
      signature: sealing.signature,
    });
  try {
    const key = await crypto.subtle.importKey('raw', known, CURVE, false, ['verify']);
    for (const { said, signature } of parts) {
      const bytes = fromBase64Url(signature);
      if (!bytes || !(await crypto.subtle.verify(SIGNING, key, bytes, said))) return false;
    }
    return true;
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
  // Who has once named sealing keys names them from then on: the signature of a list does not cover that
  // it has none, so that anybody may have taken them out of a true one, the same or a later.
  if (before?.sealing && !list.sealing) return before;
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

/**
 * Whom a blind envelope is wrapped to: the sealing key in force and the recovery keys, nobody who
 * works at the tablet; empty where the county named no sealing key. On the slip it goes by the name
 * `intake`, what every carrier's program reads: a key that the county has at hand.
 */
export function sealingRecipientsOf(keys: Pick<CountyKeys, 'recipients' | 'sealing'>): Recipient[] {
  const first = keys.sealing?.keys[0];
  const publicKey = first && fromBase64Url(first.publicKey);
  if (!first || !publicKey || !isRecipientKey(publicKey)) return [];
  const recovery = recipientsOf(keys).filter(({ kind }) => kind === 'recovery');
  return [{ kind: 'intake', keyId: first.keyId, publicKey }, ...recovery];
}
