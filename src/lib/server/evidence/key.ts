/**
 * The key that signs roots and receipts. Its file lies outside `DATA_DIR`: whoever has the data, or a
 * copy of them, can alter rows but sign nothing. The file has the whole list of public keys and the
 * private half of the last one alone.
 */
import { createHash, createPrivateKey, randomUUID, sign } from 'node:crypto';
import { link, mkdir, open, readFile, rename, unlink } from 'node:fs/promises';
import path from 'node:path';
import * as z from 'zod';
import { textBytes, type Bytes } from '../../protocol/bytes.ts';
import { toBase64Url } from '../../protocol/hash.ts';
import {
  evidenceKeySchema,
  keyIdOf,
  KEYS_MAX,
  keyText,
  type EvidenceKey,
} from '../../protocol/receipt.ts';

const CURVE = { name: 'ECDSA', namedCurve: 'P-256' } as const;
const fileSchema = z.object({
  keys: z.array(evidenceKeySchema).min(1).max(KEYS_MAX),
  /** JWK of the last key. */
  privateKey: z.record(z.string(), z.unknown()),
});
type KeyFile = z.infer<typeof fileSchema>;

/** Signs in the name of the county. */
export interface Signer {
  /** All keys that there were; the last one signs. */
  readonly keys: readonly EvidenceKey[];
  readonly keyId: string;
  sign(text: Bytes): string;
}

/** Where the key lies: `EVIDENCE_KEY_FILE`, else beside the data folder. */
export const evidenceKeyFile = (dataDir: string, fromEnvironment?: string): string =>
  path.resolve(fromEnvironment || `${path.resolve(dataDir)}.evidence-key.json`);

const waiting = async (bytes: Uint8Array) => createHash('sha256').update(bytes).digest();

function signerOf({ keys, privateKey }: KeyFile): Signer {
  const key = createPrivateKey({ key: privateKey, format: 'jwk' });
  const how = { key, dsaEncoding: 'ieee-p1363' } as const;
  const keyId = keys.at(-1)?.keyId ?? '';
  return { keys, keyId, sign: (text) => toBase64Url(sign('sha256', text, how)) };
}

/** A new key behind the others; `by` signs it, and without one it signs itself. */
async function nextFile(
  before: readonly EvidenceKey[],
  by: Signer | null,
  at: string,
): Promise<KeyFile> {
  const pair = await crypto.subtle.generateKey(CURVE, true, ['sign', 'verify']);
  const raw = new Uint8Array(await crypto.subtle.exportKey('raw', pair.publicKey));
  const privateKey = { ...(await crypto.subtle.exportKey('jwk', pair.privateKey)) };
  const publicKey = toBase64Url(raw);
  const keyId = await keyIdOf(waiting, publicKey);
  const said = { keyId, publicKey, madeAt: at, signedBy: by?.keyId ?? keyId };
  const own = signerOf({ keys: [{ ...said, signature: '' }], privateKey });
  const key = { ...said, signature: (by ?? own).sign(keyText(said)) };
  return { keys: [...before, key], privateKey };
}

async function writeDraft(file: string, made: KeyFile): Promise<string> {
  await mkdir(path.dirname(file), { recursive: true });
  const draft = `${file}.${randomUUID()}`;
  const handle = await open(draft, 'wx', 0o600);
  try {
    await handle.writeFile(textBytes(`${JSON.stringify(made)}\n`));
    await handle.sync();
  } finally {
    await handle.close();
  }
  return draft;
}

/** Reads the key; null where there is no file. Throws when it is none of ours. */
export async function readSigner(file: string): Promise<Signer | null> {
  try {
    return signerOf(fileSchema.parse(JSON.parse(await readFile(file, 'utf8'))));
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return null;
    throw error;
  }
}

/** Makes the first key of a county; two starting processes end with the same one. */
export async function firstSigner(file: string, at: string): Promise<Signer> {
  const draft = await writeDraft(file, await nextFile([], null, at));
  // A link never overwrites: whoever came first wins, and the file is whole from its first moment.
  await link(draft, file).catch((error: NodeJS.ErrnoException) => {
    if (error.code !== 'EEXIST') throw error;
  });
  await unlink(draft);
  const signer = await readSigner(file);
  if (signer === null) throw new Error(`the key at ${file} went as it was made`);
  return signer;
}

/**
 * A new key from now on. The one before signs it and goes; where that was lost (`lost`: the public
 * list as the county's database has it) the new one signs itself, and no receipt leads to it.
 */
export async function renewSigner(
  file: string,
  at: string,
  lost: readonly EvidenceKey[] | null = null,
): Promise<Signer> {
  const before = lost === null ? await readSigner(file) : null;
  if (lost === null && before === null) throw new Error(`There is no key at ${file}.`);
  const made = await nextFile(before?.keys ?? lost ?? [], before, at);
  await rename(await writeDraft(file, made), file);
  return signerOf(made);
}
