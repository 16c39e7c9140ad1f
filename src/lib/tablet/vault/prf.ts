/**
 * A hardware-bound secret of the tablet's authenticator (WebAuthn PRF), where there is one: many
 * tablets have none (FAULTS F12), so it is one more wrap and never the only one.
 */
import { fromBase64Url, type Bytes } from '../../protocol/bytes.ts';

/** Asks the authenticator for 32 bytes that only it can make; null: none, refused, or given up. */
export interface PrfSource {
  readonly credentialId: string;
  output(salt: Bytes): Promise<Bytes | null>;
}

interface PrfResults {
  readonly prf?: { readonly results?: { readonly first?: ArrayBuffer | ArrayBufferView } };
}

const bytesOf = (value: ArrayBuffer | ArrayBufferView): Bytes =>
  value instanceof ArrayBuffer
    ? new Uint8Array(value.slice(0))
    : new Uint8Array(value.buffer.slice(0) as ArrayBuffer, value.byteOffset, value.byteLength);

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
