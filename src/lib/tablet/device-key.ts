/**
 * The key of this device: made with the store, its private half never leaves the browser and stands
 * as a CryptoKey beside the rows, so that windows and the service worker sign while a vault is locked.
 *
 *     no key, or one of another dv ─► made, strict on the disk ─► told by an enrolment ─► signs
 *     the county answers `key` ─► told again; what was not taken stays unsent and goes once more
 *
 * Where no key can be kept (no WebCrypto, no room) everything goes as before, unsigned.
 */
import { deviceKeyId, pushBytes, signatureOf, type PushSignature } from '../protocol/device-key.ts';
import { toBase64Url, type Digest } from '../protocol/hash.ts';
import { DEVICE_KEY, type KeptDeviceKey, type MetaRow } from './db-name.ts';
import { deviceKeyIn, openSealedDb, signedBy, syncOf, type SealedDb } from './sealed-db.ts';

const CURVE = { name: 'ECDSA', namedCurve: 'P-256' } as const;
/** The key is told by itself at most this often to a county that does not take it. */
export const TELL_EVERY_MS = 600_000;
/** How often in this time the county may ask for it; more is a fault that asking does not mend. */
export const ASKED_AGAIN_MAX = 3;

/** Signs pushes; null for what goes unsigned. */
export interface PushSigner {
  sign(dv: string, hashes: Uint8Array): Promise<PushSignature | null>;
  /** The county asked for the key; true: it has been told, the same push may go again at once. */
  wanted(dv: string): Promise<boolean>;
}

/** Puts a key there, strict, unless another window was first; what stands there then. */
function putIfNone(db: SealedDb, key: KeptDeviceKey): Promise<KeptDeviceKey> {
  return change(db, (there) => (there?.dv === key.dv ? null : key));
}

function change(
  db: SealedDb,
  how: (there: KeptDeviceKey | undefined) => KeptDeviceKey | null,
): Promise<KeptDeviceKey> {
  return new Promise((resolve, reject) => {
    const tx = db.backendDB().transaction('meta', 'readwrite', { durability: 'strict' });
    const store = tx.objectStore('meta');
    const request = store.get(DEVICE_KEY) as IDBRequest<MetaRow | undefined>;
    let stands: KeptDeviceKey | undefined;
    request.onsuccess = () => {
      const there = request.result?.deviceKey;
      const next = how(there);
      stands = next ?? there;
      if (next) store.put({ key: DEVICE_KEY, deviceKey: next } satisfies MetaRow);
    };
    tx.oncomplete = () => (stands ? resolve(stands) : reject(new Error('no device key')));
    tx.onabort = () => reject(tx.error ?? new Error('device key not kept'));
  });
}

async function newKey(digest: Digest, dv: string): Promise<KeptDeviceKey> {
  const { publicKey, privateKey } = await crypto.subtle.generateKey(CURVE, false, [
    'sign',
    'verify',
  ]);
  const point = new Uint8Array(await crypto.subtle.exportKey('raw', publicKey));
  const keyId = await deviceKeyId(digest, point);
  return { dv, publicKey: toBase64Url(point), keyId, privateKey, told: false };
}

async function within<T>(database: string, work: (db: SealedDb) => Promise<T>): Promise<T | null> {
  const db = await openSealedDb(database);
  if (!db) return null;
  try {
    return await work(db);
  } finally {
    db.close();
  }
}

/** The key of that device, made when there is none; null where none can be kept. */
export async function deviceKey(
  database: string,
  { dv, digest }: { readonly dv: string; readonly digest: Digest },
): Promise<KeptDeviceKey | null> {
  if (dv === '' || typeof crypto === 'undefined' || !crypto.subtle) return null;
  return within(database, async (db) => {
    const there = await deviceKeyIn(db, dv);
    if (there) return there;
    await putIfNone(db, await newKey(digest, dv));
    // Read back: a browser that does not give the key out again has none.
    return deviceKeyIn(db, dv);
  }).catch(() => null);
}

/**
 * From which place on whatever this program sends sealed is signed: the next one, for all before it
 * may lie unsigned on a stick. Null where that cannot be said.
 */
export async function sealedFrom(database: string, dv: string): Promise<number | null> {
  const sync = await within(database, syncOf).catch(() => null);
  return sync?.dv === dv ? sync.dsNext : null;
}

/** Whether the county has this very key, as its last word was. */
export async function deviceKeyTold(
  database: string,
  { dv, keyId, told }: { readonly dv: string; readonly keyId: string; readonly told: boolean },
): Promise<void> {
  await within(database, (db) =>
    change(db, (there) =>
      there?.dv === dv && there.keyId === keyId && there.told !== told ? { ...there, told } : null,
    ),
  ).catch(() => null);
}

export interface SignerDeps {
  readonly database: string;
  readonly digest: Digest;
  /** Enrols the device once more, with its key; must not throw. */
  tell(): Promise<void>;
  /** Milliseconds of a clock that does not jump. */
  ticks(): number;
}

/** Signs what one store sends; tells its key by itself. */
export class DeviceSigner implements PushSigner {
  private readonly deps: SignerDeps;
  private key: KeptDeviceKey | null = null;
  /** When the key was told, for how often it may be. */
  private tellings: number[] = [];

  constructor(deps: SignerDeps) {
    this.deps = deps;
  }

  /** Makes the key and tells it, so that the first push need not. */
  async prepare(dv: string): Promise<void> {
    await this.ready(dv);
  }

  async sign(dv: string, hashes: Uint8Array): Promise<PushSignature | null> {
    const key = await this.ready(dv);
    if (!key?.told) return null;
    return signatureOf(await signedBy(key, pushBytes(dv, hashes)));
  }

  async wanted(dv: string): Promise<boolean> {
    const { database } = this.deps;
    const key = await this.read(dv);
    if (!key || this.lately() >= ASKED_AGAIN_MAX) return false;
    await deviceKeyTold(database, { ...key, told: false });
    this.key = null;
    return (await this.told(dv))?.told ?? false;
  }

  private lately(): number {
    const since = this.deps.ticks() - TELL_EVERY_MS;
    this.tellings = this.tellings.filter((at) => at > since);
    return this.tellings.length;
  }

  private async read(dv: string): Promise<KeptDeviceKey | null> {
    const { database, digest } = this.deps;
    if (this.key?.dv !== dv || !this.key.told) this.key = await deviceKey(database, { dv, digest });
    return this.key;
  }

  private async ready(dv: string): Promise<KeptDeviceKey | null> {
    const key = await this.read(dv);
    return !key || key.told || this.lately() > 0 ? key : this.told(dv);
  }

  private async told(dv: string): Promise<KeptDeviceKey | null> {
    this.tellings.push(this.deps.ticks());
    await this.deps.tell();
    return this.read(dv);
  }
}
