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
import { intakeKeyRing, intakeRecipients, type KeyRing } from './key-ring.ts';

export interface CountyKeyring {
  ring(): Promise<KeyRing>;
  /** What tablets seal to and whose signature counts; the same object until the file changes. */
  list(): Promise<CountyKeys>;
  /** An ack file in bytes. */
  ack(list: Omit<AckList, 'v' | 'county'>): Promise<Bytes>;
}

const privateJwk = z.record(z.string(), z.unknown());

interface Cached {
  readonly print: string;
  readonly ring: KeyRing;
  readonly list: CountyKeys;
}

export interface KeyringDeps {
  readonly file: string;
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
    const before = `${await printOf(of.file)} ${offline}`;
    if (cached?.print === before) return cached;
    const ring = await intakeKeyRing(of.file, of.now());
    const print = `${await printOf(of.file)} ${offline}`;
    return (cached = { print, ring, list: await listOf(of.county, recovery, ring) });
  };
  return {
    ring: async () => (await load()).ring,
    list: async () => (await load()).list,
    ack: async (list) => {
      const { ring } = await load();
      return writeAck({ v: 1, county: of.county, ...list }, signerOf(ring));
    },
  };
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
  ring: KeyRing,
): Promise<CountyKeys> {
  const all = [...intakeRecipients(ring), ...recovery.recipients];
  const recipients = all.map(({ kind, keyId, publicKey }) => {
    return { kind, keyId, publicKey: toBase64Url(publicKey) };
  });
  const signers = (ring.signers ?? []).map(({ keyId, publicKey }) => ({ keyId, publicKey }));
  // A tablet is told of a list that is not the one it has: a new recovery key makes a later one, too.
  const from = ring.keys[0]?.from ?? '';
  const at = recovery.at > from ? recovery.at : from;
  return signCountyKeys({ v: 1, county, at, recipients, signers }, signerOf(ring));
}
