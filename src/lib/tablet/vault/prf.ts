/**
 * A hardware-bound secret of the tablet's authenticator (WebAuthn PRF), where there is one: many
 * tablets have none (FAULTS F12), so it is one more wrap and never the only one.
 */
import { fromBase64Url, textBytes, type Bytes } from '../../protocol/bytes.ts';
import { toBase64Url } from '../../protocol/hash.ts';

/** Asks the authenticator for 32 bytes that only it can make; null: none, refused, or given up. */
export interface PrfSource {
  readonly credentialId: string;
  output(salt: Bytes): Promise<Bytes | null>;
}

interface PrfResults {
  readonly prf?: {
    readonly enabled?: boolean;
    readonly results?: { readonly first?: ArrayBuffer | ArrayBufferView };
  };
}

const bytesOf = (value: ArrayBuffer | ArrayBufferView): Bytes =>
  value instanceof ArrayBuffer
    ? new Uint8Array(value.slice(0))
    : new Uint8Array(value.buffer.slice(0) as ArrayBuffer, value.byteOffset, value.byteLength);

const askedOf = (vaultId: string): Bytes => textBytes(`daiban prf 1|${vaultId}`);

/** Whether this tablet has an authenticator of its own that knows its owner. */
export async function hasAuthenticator(): Promise<boolean> {
  if (typeof PublicKeyCredential === 'undefined') return false;
  return PublicKeyCredential.isUserVerifyingPlatformAuthenticatorAvailable().catch(() => false);
}

/**
 * A credential for one vault, in the tablet's own authenticator; nothing of the person stands in it.
 * Null: the authenticator has no such secret, or it was given up.
 */
export async function newCredential(
  credentials: CredentialsContainer | undefined,
  { host, random }: { readonly host: string; readonly random: (count: number) => Bytes },
): Promise<string | null> {
  if (!credentials) return null;
  try {
    const made = (await credentials.create({
      publicKey: {
        rp: { name: 'daiban', id: host },
        user: { id: random(16), name: 'daiban', displayName: 'daiban' },
        challenge: random(32),
        pubKeyCredParams: [-7, -257].map((alg) => ({ type: 'public-key' as const, alg })),
        authenticatorSelection: {
          ...{ authenticatorAttachment: 'platform' as const, residentKey: 'discouraged' as const },
          userVerification: 'required',
        },
        extensions: { prf: {} },
      },
    })) as { rawId?: ArrayBuffer; getClientExtensionResults?: () => unknown } | null;
    const results = made?.getClientExtensionResults?.() as PrfResults | undefined;
    return made?.rawId && results?.prf?.enabled === true
      ? toBase64Url(new Uint8Array(made.rawId))
      : null;
  } catch {
    return null;
  }
}

/** The 32 bytes for a vault out of this browser's authenticator; null: none. */
export const prfOutput = (credentialId: string, vaultId: string): Promise<Bytes | null> =>
  browserPrf(navigator.credentials, credentialId).output(askedOf(vaultId));

/** The browser's authenticator behind a credential that was made at enrolment. */
export const browserPrf = (
  credentials: CredentialsContainer | undefined,
  credentialId: string,
): PrfSource => ({
  credentialId,
  output: async (salt) => {
    const id = fromBase64Url(credentialId);
    if (!credentials || !id) return null;
    const extensions = { prf: { eval: { first: salt } } };
    try {
      const found = await credentials.get({
        publicKey: {
          challenge: crypto.getRandomValues(new Uint8Array(32)),
          allowCredentials: [{ type: 'public-key', id }],
          ...{ userVerification: 'required', extensions },
        },
      });
      const made = found as { getClientExtensionResults?: () => unknown } | null;
      const results = made?.getClientExtensionResults?.() as PrfResults | undefined;
      const first = results?.prf?.results?.first;
      return first ? bytesOf(first) : null;
    } catch {
      return null;
    }
  },
});
