/**
 * The county's rating key: tablets seal to its public half, only the rating desk's projection opens.
 *
 * The file with the private half lies outside `DATA_DIR`, so that a copy of the data folder or a
 * backup opens no rating. It is made at the first need and readable by this user alone.
 */
import { randomUUID } from 'node:crypto';
import { link, mkdir, readFile, unlink, writeFile } from 'node:fs/promises';
import path from 'node:path';
import * as z from 'zod';

const curve = { name: 'ECDH', namedCurve: 'P-256' } as const;

const fileSchema = z.object({
  keyId: z.string().min(1),
  publicKey: z.string().min(80),
  privateKey: z.record(z.string(), z.unknown()),
});

/** Both halves; `privateKey` is a JWK. Never leaves the server's memory. */
export type RatingKeyPair = z.infer<typeof fileSchema>;

/** Where the key lies: `RATING_KEY_FILE`, else a sibling of the data folder. */
export const ratingKeyFile = (dataDir: string, fromEnvironment?: string): string =>
  path.resolve(fromEnvironment || `${path.resolve(dataDir)}.rating-key.json`);

async function makePair(): Promise<RatingKeyPair> {
  const pair = await crypto.subtle.generateKey(curve, true, ['deriveBits']);
  const raw = await crypto.subtle.exportKey('raw', pair.publicKey);
  const jwk = await crypto.subtle.exportKey('jwk', pair.privateKey);
  return {
    keyId: `rating-${randomUUID().slice(0, 8)}`,
    publicKey: Buffer.from(raw).toString('base64url'),
    privateKey: { ...jwk },
  };
}

const readPair = async (file: string): Promise<RatingKeyPair> =>
  fileSchema.parse(JSON.parse(await readFile(file, 'utf8')));

const missing = (error: unknown): boolean => (error as NodeJS.ErrnoException).code === 'ENOENT';

/** Reads the key, or makes it once; two starting processes end with the same one. */
export async function ratingKeyPair(file: string): Promise<RatingKeyPair> {
  try {
    return await readPair(file);
  } catch (error) {
    if (!missing(error)) throw error;
  }
  await mkdir(path.dirname(file), { recursive: true });
  const draft = `${file}.${randomUUID()}`;
  await writeFile(draft, JSON.stringify(await makePair()), {
    mode: 0o600,
    flag: 'wx',
    flush: true,
  });
  // A link never overwrites: whoever came first wins, and the file is whole from its first moment.
  await link(draft, file).catch((error: NodeJS.ErrnoException) => {
    if (error.code !== 'EEXIST') throw error;
  });
  await unlink(draft);
  return readPair(file);
}
