/**
 * The receipt that a villager keeps, and what it is checked with. It says: at this time the county's
 * file of this case ended in this head. Its 127 bytes go into an address behind `#`, so no log sees
 * them.
 *
 *     1 version · 8 key id · 16 mark of the case · 4 time · 2 entries · 32 head · 64 signature
 *
 *     mark = first 16 bytes of SHA-256( "daiban-case-mark/1\n" case id )
 *     leaf of the county's tree for entry n of a case = "daiban-leaf/1\n" county \n mark \n n \n head(n)
 *
 * ECDSA P-256 with SHA-256 as in the ack file: in every WebCrypto. Whoever holds the receipt has all
 * that the leaf is made of, so the county shows it in the tree without telling anything of the case.
 * Source: decision 0012.
 */
import * as z from 'zod/mini';
import { fromBase64Url, joinBytes, readU32, textBytes, u32, type Bytes } from './bytes.ts';
import { toBase64Url, type Digest, type DigestSync } from './hash.ts';
import { leafBytes, PATH_MAX, rootByInclusion } from './merkle.ts';

export const RECEIPT_BYTES = 127;
/** Entries of a case that a receipt can count. */
export const RECEIPT_ENTRIES_MAX = 65_535;
/** Keys of one county: one a year for a life. */
export const KEYS_MAX = 100;
const VERSION = 1;
const SIGNED_BYTES = RECEIPT_BYTES - 64;
const SIGNING = { name: 'ECDSA', hash: 'SHA-256' } as const;
const CURVE = { name: 'ECDSA', namedCurve: 'P-256' } as const;

const hash32 = z.string().check(z.regex(/^[\w-]{43}$/));
const signature64 = z.string().check(z.regex(/^[\w-]{86}$/));
const instant = z.string().check(z.maxLength(30));
const keyIdText = z.string().check(z.regex(/^[\w-]{11}$/));

/** One signing key of the county: each after the first is signed by the one before it. */
export const evidenceKeySchema = z.object({
  /** First 8 bytes of SHA-256 over the public key. */
  keyId: keyIdText,
  /** Raw point, 65 bytes. */
  publicKey: z.string().check(z.regex(/^[\w-]{87}$/)),
  madeAt: instant,
  /** The first key has signed itself. */
  signedBy: keyIdText,
  signature: signature64,
});
export type EvidenceKey = z.infer<typeof evidenceKeySchema>;

/** A signed root over all entries of the county's log up to a position. */
export const signedPointSchema = z.object({
  county: z.string().check(z.maxLength(12)),
  epoch: z.string().check(z.maxLength(64)),
  size: z.int().check(z.gte(1)),
  root: hash32,
  at: instant,
  keyId: keyIdText,
  signature: signature64,
});
export type SignedPoint = z.infer<typeof signedPointSchema>;

/** What the county answers about a receipt; none of it says anything of the case. */
export const receiptAnswerSchema = z.discriminatedUnion('kind', [
  /** It is there, and the path shows it in the newest signed root. */
  z.object({
    kind: z.literal('contained'),
    position: z.int().check(z.gte(0)),
    path: z.array(hash32).check(z.maxLength(PATH_MAX)),
    point: signedPointSchema,
    keys: z.array(evidenceKeySchema).check(z.maxLength(KEYS_MAX)),
  }),
  /** It is there; the next signed root will hold it. */
  z.object({ kind: z.literal('fresh') }),
  /** Not there, and the county was put back from a copy after the receipt was given. */
  z.object({ kind: z.literal('restored'), at: instant }),
  /** Not there, or no longer what it was. */
  z.object({ kind: z.literal('missing') }),
  z.object({ kind: z.literal('slow'), waitSeconds: z.number() }),
]);
export type ReceiptAnswer = z.infer<typeof receiptAnswerSchema>;

/** What a receipt says. */
export interface Receipt {
  readonly keyId: string;
  readonly mark: string;
  /** Whole seconds since 1970, by the county's clock. */
  readonly seconds: number;
  readonly entries: number;
  readonly head: string;
}

/** Mark of a case, 22 characters: tells nothing and finds the case for who has its id. */
export const caseMark = (digest: DigestSync, caseId: string): string =>
  toBase64Url(digest(textBytes(`daiban-case-mark/1\n${caseId}`)).subarray(0, 16));

/** Hash of the tree's leaf for one entry of a case. */
export interface LeafOf {
  readonly county: string;
  readonly mark: string;
  readonly entries: number;
  readonly head: string;
}

/** What the leaf's hash is made of. */
export const leafInput = ({ county, mark, entries, head }: LeafOf): Bytes =>
  leafBytes(textBytes(`daiban-leaf/1\n${county}\n${mark}\n${entries}\n${head}`));

/** What is signed of a root. */
export const pointText = (point: Omit<SignedPoint, 'signature'>): Bytes => {
  const { county, epoch, size, root, at, keyId } = point;
  return textBytes(['daiban-point/1', county, epoch, size, root, at, keyId].join('\n'));
};

/** What is signed of a key. */
export const keyText = ({ keyId, publicKey, madeAt, signedBy }: Omit<EvidenceKey, 'signature'>) =>
  textBytes(['daiban-key/1', keyId, publicKey, madeAt, signedBy].join('\n'));

const DOMAIN = textBytes('daiban-receipt/1\n');

/** The part of a receipt that stands before its signature, 63 bytes. */
export function receiptBody({ keyId, mark, seconds, entries, head }: Receipt): Bytes {
  const count = new Uint8Array([entries >> 8, entries & 255]);
  const part = (text: string) => fromBase64Url(text) ?? new Uint8Array();
  const ids = joinBytes(new Uint8Array([VERSION]), part(keyId), part(mark));
  return joinBytes(ids, u32(seconds), count, part(head));
}

/** What is signed of a receipt. */
export const receiptText = (body: Uint8Array): Bytes => joinBytes(DOMAIN, body);

/** The printed form: 170 characters. */
export const printReceipt = (body: Uint8Array, signature: Uint8Array): string =>
  toBase64Url(joinBytes(body, signature));

/** Reads the printed form; null when it is none of ours. */
export function readReceipt(
  text: string,
): { receipt: Receipt; body: Bytes; signature: Bytes } | null {
  const bytes = text.length > 200 ? null : fromBase64Url(text);
  if (bytes?.length !== RECEIPT_BYTES || bytes[0] !== VERSION) return null;
  // The last letter carries bits beyond the bytes: one receipt has one printed form.
  if (toBase64Url(bytes) !== text) return null;
  const receipt = {
    keyId: toBase64Url(bytes.subarray(1, 9)),
    mark: toBase64Url(bytes.subarray(9, 25)),
    seconds: readU32(bytes, 25),
    entries: (bytes[29] ?? 0) * 256 + (bytes[30] ?? 0),
    head: toBase64Url(bytes.subarray(31, SIGNED_BYTES)),
  };
  return { receipt, body: bytes.slice(0, SIGNED_BYTES), signature: bytes.slice(SIGNED_BYTES) };
}

/** The four digits and four words that two people compare aloud. */
export interface Spoken {
  readonly digits: string;
  /** Four numbers from 0 to 63: places in a list of plain words. */
  readonly words: readonly number[];
}

/** What is said of some bytes: of a receipt's body, of a root. */
export async function spokenOf(digest: Digest, bytes: Uint8Array): Promise<Spoken> {
  const hash = await digest(joinBytes(textBytes('daiban-spoken/1\n'), bytes));
  const digits = String(readU32(hash, 0) % 10_000).padStart(4, '0');
  return { digits, words: [4, 5, 6, 7].map((at) => (hash[at] ?? 0) % 64) };
}

const checkWith = async (publicKey: string, text: Bytes, signature: Uint8Array) => {
  const raw = fromBase64Url(publicKey);
  if (raw === null) return false;
  const key = await crypto.subtle.importKey('raw', raw, CURVE, false, ['verify']);
  return crypto.subtle.verify(SIGNING, key, Uint8Array.from(signature), text);
};

const signed = async (by: EvidenceKey | undefined, text: Bytes, signature: string) => {
  const bytes = fromBase64Url(signature);
  return by !== undefined && bytes !== null && checkWith(by.publicKey, text, bytes);
};

/** Id of a public key: who has the id, has the key. */
export async function keyIdOf(digest: Digest, publicKey: string): Promise<string> {
  const raw = fromBase64Url(publicKey) ?? new Uint8Array();
  return toBase64Url((await digest(raw)).subarray(0, 8));
}

/**
 * The keys that hold together: each is its id, and is signed by the one before it or by itself. One
 * that signed itself follows from none: there the list begins anew (`followers`).
 */
export async function soundKeys(
  digest: Digest,
  keys: readonly EvidenceKey[],
): Promise<readonly EvidenceKey[]> {
  const sound: EvidenceKey[] = [];
  for (const key of keys) {
    const by = key.signedBy === key.keyId ? key : sound.at(-1);
    if (key.signedBy !== by?.keyId) break;
    if ((await keyIdOf(digest, key.publicKey)) !== key.keyId) break;
    if (!(await signed(by, keyText(key), key.signature))) break;
    sound.push(key);
  }
  return sound;
}

/** A key and those that lead on from it, each signed by the one before. */
function followers(keys: readonly EvidenceKey[], keyId: string): readonly EvidenceKey[] {
  const own = keys.findIndex((key) => key.keyId === keyId);
  if (own < 0) return [];
  const anew = keys.findIndex((key, at) => at > own && key.signedBy === key.keyId);
  return keys.slice(own, anew < 0 ? undefined : anew);
}

/** Whether the key that is named signed this text. */
export const isSignedText = (
  { keyId, signature }: Pick<SignedPoint, 'keyId' | 'signature'>,
  text: Bytes,
  keys: readonly EvidenceKey[],
): Promise<boolean> =>
  signed(
    keys.find((key) => key.keyId === keyId),
    text,
    signature,
  );

/** Whether one of the keys signed this root. */
export const isSignedPoint = (point: SignedPoint, keys: readonly EvidenceKey[]): Promise<boolean> =>
  isSignedText(point, pointText(point), keys);

/** What a receipt is by itself: no question to the county is needed for it. */
export type ReceiptVerdict =
  | { readonly kind: 'signed'; readonly receipt: Receipt; readonly spoken: Spoken }
  /** No receipt at all, cut off or mistyped. */
  | { readonly kind: 'unreadable' }
  /** Signed by a key that the county does not name. */
  | { readonly kind: 'foreignKey' }
  /** Somebody changed it. */
  | { readonly kind: 'forged' };

/** Verifies a printed receipt with the county's keys, offline. */
export async function verifyReceipt(
  digest: Digest,
  text: string,
  keys: readonly EvidenceKey[],
): Promise<ReceiptVerdict> {
  const read = readReceipt(text);
  if (read === null) return { kind: 'unreadable' };
  const { receipt, body, signature } = read;
  const by = (await soundKeys(digest, keys)).find(({ keyId }) => keyId === receipt.keyId);
  if (by === undefined) return { kind: 'foreignKey' };
  if (!(await checkWith(by.publicKey, receiptText(body), signature))) return { kind: 'forged' };
  return { kind: 'signed', receipt, spoken: await spokenOf(digest, body) };
}

/** The county's "it is there" with its proof. */
export type Contained = Extract<ReceiptAnswer, { kind: 'contained' }>;

/**
 * Whether the county's answer proves that the receipt's leaf is in the root it signed, with a key
 * that follows from the receipt's own.
 */
export async function provesContained(
  digest: Digest,
  receipt: Receipt,
  { position, path, point, keys }: Contained,
): Promise<boolean> {
  const sound = followers(await soundKeys(digest, keys), receipt.keyId);
  if (!(await isSignedPoint(point, sound))) return false;
  const { mark, entries, head } = receipt;
  const leaf = await digest(leafInput({ county: point.county, mark, entries, head }));
  const steps = path.map((step) => fromBase64Url(step) ?? new Uint8Array());
  const tree = { position, size: point.size, path: steps };
  const root = await rootByInclusion(digest, leaf, tree);
  return root !== null && toBase64Url(root) === point.root;
}
