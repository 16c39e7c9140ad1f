import { describe, expect, it } from 'vitest';
import { joinBytes, textBytes, type Bytes } from '../../src/lib/protocol/bytes.ts';
import { toBase64Url, toHex } from '../../src/lib/protocol/hash.ts';
import {
  HPKE_OVERHEAD,
  hpkeOpen,
  hpkeSeal,
  newKeyPair,
  privateKeyOf,
} from '../../src/lib/protocol/hpke.ts';

const hex = (text: string): Bytes => new Uint8Array(Buffer.from(text, 'hex'));

/** RFC 9180, appendix A.3.1: DHKEM(P-256), HKDF-SHA256, AES-128-GCM, base mode, first message. */
const RFC = {
  skEm: '4995788ef4b9d6132b249ce59a77281493eb39af373d236a1fe415cb0c2d7beb',
  pkEm:
    '04a92719c6195d5085104f469a8b9814d5838ff72b60501e2c4466e5e67b325ac98536d7b61a1af4b78e5b7f951c' +
    '0900be863c403ce65c9bfcb9382657222d18c4',
  skRm: 'f3ce7fdae57e1a310d87f1ebbde6f328be0a99cdbcadf4d6589cf29de4b8ffd2',
  pkRm:
    '04fe8c19ce0905191ebc298a9245792531f26f0cece2460639e8bc39cb7f706a826a779b4cf969b8a0e539c7f62f' +
    'b3d30ad6aa8f80e30f1d128aafd68a2ce72ea0',
  info: '4f6465206f6e2061204772656369616e2055726e',
  plain: '4265617574792069732074727574682c20747275746820626561757479',
  aad: '436f756e742d30',
  box: '5ad590bb8baa577f8619db35a36311226a896e7342a6d836d8b7bcd2f20b6c7f9076ac232e3ab2523f39513434',
};

const jwk = (secret: string, point: string): JsonWebKey => ({
  ...{ kty: 'EC', crv: 'P-256', d: toBase64Url(hex(secret)) },
  x: toBase64Url(hex(point).slice(1, 33)),
  y: toBase64Url(hex(point).slice(33)),
});

describe('sealing to a public key', () => {
  it('[AU60] is HPKE to the letter: the published vector comes out and goes in', async () => {
    const sender = {
      publicKey: hex(RFC.pkEm),
      privateKey: await privateKeyOf(jwk(RFC.skEm, RFC.pkEm)),
    };
    const binding = { info: hex(RFC.info), aad: hex(RFC.aad) };
    const sealed = await hpkeSeal(
      hex(RFC.pkRm),
      { plain: hex(RFC.plain), ...binding },
      { aead: 'AES-128-GCM', sender },
    );
    expect(toHex(sealed)).toBe(RFC.pkEm + RFC.box);
    const own = {
      publicKey: hex(RFC.pkRm),
      privateKey: await privateKeyOf(jwk(RFC.skRm, RFC.pkRm)),
    };
    const opened = await hpkeOpen(own, { sealed, ...binding }, 'AES-128-GCM');
    expect(opened && toHex(opened)).toBe(RFC.plain);
  });

  it('[AU60] opens for its pair, purpose and place, and for nothing else', async () => {
    const pair = await newKeyPair();
    const own = { ...pair, privateKey: await privateKeyOf(pair.privateKey) };
    const other = await newKeyPair();
    const [info, aad] = [textBytes('purpose'), textBytes('place')];
    const plain = textBytes('周桂芹');
    const sealed = await hpkeSeal(own.publicKey, { plain, info, aad });
    expect(sealed.length).toBe(plain.length + HPKE_OVERHEAD);
    expect(await hpkeOpen(own, { sealed, info, aad })).toEqual(plain);
    expect(await hpkeOpen(own, { sealed, info: aad, aad })).toBeNull();
    expect(await hpkeOpen(own, { sealed, info, aad: info })).toBeNull();
    const stranger = { ...other, privateKey: await privateKeyOf(other.privateKey) };
    expect(await hpkeOpen(stranger, { sealed, info, aad })).toBeNull();
    for (const at of [0, 1, 64, 65, sealed.length - 1]) {
      const changed = joinBytes(sealed);
      changed[at] = (changed[at] ?? 0) ^ 1;
      expect(await hpkeOpen(own, { sealed: changed, info, aad })).toBeNull();
    }
    expect(await hpkeOpen(own, { sealed: sealed.slice(0, 80), info, aad })).toBeNull();
    // The same words twice: nothing shows that they are the same.
    const again = await hpkeSeal(own.publicKey, { plain, info, aad });
    expect(toHex(again)).not.toBe(toHex(sealed));
  });
});
