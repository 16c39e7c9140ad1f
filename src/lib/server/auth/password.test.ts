import { describe, expect, it } from 'vitest';
import { hashPassphrase, verifyPassphrase } from './password.ts';

describe('passphrases', () => {
  it('[AU7] keeps an Argon2id hash that fits only its own passphrase', async () => {
    const hash = await hashPassphrase('东风吹过白杨树林');
    expect(hash).toMatch(/^argon2id\$19456\$2\$/);
    expect(hash).not.toContain('东风');
    expect(await verifyPassphrase(hash, '东风吹过白杨树林')).toBe(true);
    expect(await verifyPassphrase(hash, '东风吹过白杨树村')).toBe(false);
    expect(await verifyPassphrase('plain', 'plain')).toBe(false);
    expect(await hashPassphrase('东风吹过白杨树林')).not.toBe(hash);
  });
});
