/** Keys of devices, and rows signed by them as a tablet would before they leave it. */
import { generateKeyPairSync, sign, type KeyObject } from 'node:crypto';
import type { DeviceId, Instant } from '../../src/lib/domain/values.ts';
import type { CountyStore } from '../../src/lib/ports/county-store.ts';
import { fromBase64Url } from '../../src/lib/protocol/bytes.ts';
import { copyBytes } from '../../src/lib/protocol/device-key.ts';
import { toBase64Url } from '../../src/lib/protocol/hash.ts';
import type { SealedPush } from '../../src/lib/protocol/sealed-rows.ts';
import { digest } from '../simulation/county.ts';

type Row = SealedPush['rows'][number];

export const newPair = () => generateKeyPairSync('ec', { namedCurve: 'P-256' });

/** The point as an enrolment tells it. */
export function printed(publicKey: KeyObject): string {
  const { x = '', y = '' } = publicKey.export({ format: 'jwk' });
  const parts = [new Uint8Array([4]), Buffer.from(x, 'base64url'), Buffer.from(y, 'base64url')];
  return toBase64Url(Buffer.concat(parts));
}

/** The row with the signature of that key over what `as` says that it is. */
export async function signRow(key: KeyObject, row: Row, as: Partial<Row> = {}): Promise<Row> {
  const { dv, ds, id, copy } = { ...row, ...as };
  const bytes = await copyBytes(digest, {
    ...{ dv, ds, id },
    copy: fromBase64Url(copy) ?? new Uint8Array(),
  });
  const signature = sign('sha256', bytes, { key, dsaEncoding: 'ieee-p1363' });
  return { ...row, sig: toBase64Url(signature) };
}

export const signAll = async (key: KeyObject, push: SealedPush): Promise<SealedPush> => ({
  ...push,
  rows: await Promise.all(push.rows.map((row) => signRow(key, row))),
});

/** As an enrolment leaves it, with a printed key; `sealedFrom` 0: a program that signs pushes alone. */
export async function tellKey(
  store: Pick<CountyStore, 'transact'>,
  county: string,
  of: {
    readonly dv: string;
    readonly key: string;
    readonly sealedFrom: number;
    readonly filesSigned?: boolean | undefined;
  },
): Promise<void> {
  const { dv, key: publicKey, sealedFrom, filesSigned } = of;
  await store.transact(county as never, async (tx) => {
    const device = await tx.device(dv as DeviceId);
    if (!device) throw new Error(`no device ${dv}`);
    const at = '2026-06-08T01:00:00Z' as Instant;
    const n = (device.key?.n ?? 0) + 1;
    const key = { publicKey, keyId: `key${n}_______`, at, n };
    const place = sealedFrom > 0 ? { sealedFrom } : {};
    const files = filesSigned ? { filesSigned: true as const } : {};
    await tx.write({ devices: [{ ...device, key, ...place, ...files }] });
  });
}
