/**
 * The county's keys for sealed work, as the rest of the server asks for them: the ring as it stands in
 * its file now (a rotation needs no restart), and the signed list that tablets get.
 */
import { stat } from 'node:fs/promises';
import * as z from 'zod';
import type { Bytes } from '../../protocol/bytes.ts';
import { writeAck, type AckList } from '../../protocol/ack-file.ts';
import { signCountyKeys, type CountyKeys } from '../../protocol/county-keys.ts';
import type { Recipient } from '../../protocol/sealed.ts';
import { toBase64Url } from '../../protocol/hash.ts';
import { codeOf, intakeKeyRing, intakeRecipients, readRing, type KeyRing } from './key-ring.ts';

export interface CountyKeyring {
  ring(): Promise<KeyRing>;
  /** The ring of sealed cases; null while its file is away or broken. */
  sealingRing(): Promise<KeyRing | null>;
  /** What tablets seal to and whose signature counts; the same object until the file changes. */
  list(): Promise<CountyKeys>;
  /** An ack file in bytes. */
  ack(list: Omit<AckList, 'v' | 'county'>): Promise<Bytes>;
}

const privateJwk = z.record(z.string(), z.unknown());

interface Cached {
  readonly print: string;
  readonly ring: KeyRing;
  readonly sealing: KeyRing | null;
  readonly list: CountyKeys;
}

export interface KeyringDeps {
  readonly file: string;
  /** SEALING_KEY_FILE: its public half travels in the list. */
  readonly sealingFile: string;
  readonly county: string;
  /** Recovery keys in force, and since when the list is so. */
  recovery(): Promise<{ readonly recipients: readonly Recipient[]; readonly at: string }>;
  /** UTC instant. */
  now(): string;
}

/** The keys of one county in one file; made at the first need. */
export function countyKeyring(of: KeyringDeps): CountyKeyring {
  let cached: Cached | null = null;
  const load = async (): Promise<Cached> => {
    const recovery = await of.recovery();
    const offline = [recovery.at, ...recovery.recipients.map(({ keyId }) => keyId)].join(' ');
    const prints = async (): Promise<string> =>
      `${await printOf(of.file)} ${await printOf(of.sealingFile)} ${offline}`;
    if (cached?.print === (await prints())) return cached;
    const ring = await intakeKeyRing(of.file, of.now());
    const print = await prints();
    const sealing = await sealingRingIn(of.sealingFile);
    return (cached = {
      print,
      ring,
      sealing,
      list: await listOf(of.county, recovery, { ring, sealing }),
    });
  };
  return {
    ring: async () => (await load()).ring,
    sealingRing: async () => (await load()).sealing,
    list: async () => (await load()).list,
    ack: async (list) => {
      const { ring } = await load();
      return writeAck({ v: 1, county: of.county, ...list }, signerOf(ring));
    },
  };
}

/** Where it is away or cannot be read, tablets go on with the key that they know. */
async function sealingRingIn(file: string): Promise<KeyRing | null> {
  try {
    return await readRing(file);
  } catch (error) {
    if (codeOf(error) !== 'ENOENT')
      console.error('SEALING_KEY_FILE cannot be read', codeOf(error) ?? (error as Error).name);
    return null;
  }
}

/** Changes whenever the file is another one. */
async function printOf(file: string): Promise<string | null> {
  try {
    const { mtimeMs, size, ino } = await stat(file);
    return `${mtimeMs} ${size} ${ino}`;
  } catch {
    return null;
  }
}

function signerOf(ring: KeyRing): { keyId: string; privateKey: JsonWebKey } {
  const signer = ring.signers?.[0];
  if (!signer) throw new Error('invariant: the ring has a signing pair');
  return { keyId: signer.keyId, privateKey: privateJwk.parse(signer.privateKey) };
}

function listOf(
  county: string,
  recovery: { readonly recipients: readonly Recipient[]; readonly at: string },
  { ring, sealing: sealed }: Pick<Cached, 'ring' | 'sealing'>,
): Promise<CountyKeys> {
  const all = [...intakeRecipients(ring), ...recovery.recipients];
  const recipients = all.map(({ kind, keyId, publicKey }) => {
    return { kind, keyId, publicKey: toBase64Url(publicKey) };
  });
  const signers = (ring.signers ?? []).map(({ keyId, publicKey }) => ({ keyId, publicKey }));
  // A tablet is told of a list that is not the one it has: a new recovery key makes a later one, too.
  const sealing = (sealed?.keys ?? [])
    .slice(0, 1)
    .map(({ keyId, publicKey }) => ({ keyId, publicKey }));
  const dates = [recovery.at, ring.keys[0]?.from ?? '', sealed?.keys[0]?.from ?? ''];
  const at = laterBy(
    dates.reduce((last, date) => (date > last ? date : last), ''),
    sealing.length,
  );
  const list = { v: 1 as const, county, at, recipients, signers };
  return signCountyKeys({ ...list, ...(sealed ? { sealing } : {}) }, signerOf(ring));
}

/** A list that has sealing keys is later than the same without: who has that one hears of it. */
const laterBy = (at: string, ms: number): string =>
  at === '' || ms === 0 ? at : new Date(Date.parse(at) + ms).toISOString();
