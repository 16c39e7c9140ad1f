/** What the keeper takes, which outlives the lock, and what it leaves of a key in memory. */
import { expect, it } from 'vitest';
import { randomBytes } from '../../src/lib/protocol/bytes.ts';
import { newEnvelope } from '../../src/lib/protocol/sealed.ts';
import { KeeperCore } from '../../src/lib/tablet/vault/keeper-core.ts';
import { QuickPin } from '../../src/lib/tablet/vault/quick-pin.ts';

const how = { name: 'AES-GCM', length: 256 };

async function adopted(usages: readonly KeyUsage[], extractable: boolean) {
  const { port1, port2 } = new MessageChannel();
  const { slip } = await newEnvelope([]);
  port1.postMessage(await crypto.subtle.generateKey(how, extractable, [...usages]));
  const done = await new KeeperCore().handle({ op: 'adopt', slip, port: port2 });
  port1.close();
  return done.ok ? 'taken' : done.error;
}

it('[AU83] the keeper takes no key that could read, and none that could be carried away', async () => {
  expect(await adopted(['encrypt'], false)).toBe('taken');
  expect(await adopted(['encrypt', 'decrypt'], false)).toBe('BAD_REQUEST');
  expect(await adopted(['encrypt'], true)).toBe('BAD_REQUEST');
});

it('[AU68] the quick PIN leaves none of the bytes of the key that it was given', async () => {
  const quick = new QuickPin(() => ({ up: 0, wall: 0 }));
  const dek = randomBytes(32);
  const before = dek.slice();
  await quick.keep('847362', dek);
  expect(dek).toEqual(new Uint8Array(32));
  expect(await quick.give('847362')).toEqual(before);
});
