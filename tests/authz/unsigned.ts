/** Pushes in the name of a tablet that has a key, without its signature. */
import { createHash, generateKeyPairSync, sign, type KeyObject } from 'node:crypto';

import { EXAMPLES } from '../../src/lib/domain/testing/story.ts';
import { hashesInRow, pushBytes, signatureOf } from '../../src/lib/protocol/device-key.ts';
import { eventHashSync } from '../../src/lib/protocol/hash.ts';
import { CLIENT_HEADER, ENROL_PATH } from '../../src/lib/protocol/version.ts';
import type { Found } from './verdict.ts';
import type { Visitor } from './visitor.ts';
import { exchange, randomId, requestOf } from './wire.ts';

const digest = (bytes: Uint8Array) => createHash('sha256').update(bytes).digest();

function printed(key: KeyObject): string {
  const { x = '', y = '' } = key.export({ format: 'jwk' });
  const parts = [Buffer.from([4]), Buffer.from(x, 'base64url'), Buffer.from(y, 'base64url')];
  return Buffer.concat(parts).toString('base64url');
}

/** Begins a case on `dv`; `by` signs it, null leaves the signature off. */
async function begin(
  agent: Visitor,
  dv: string,
  { ds, by, over = dv }: { ds: number; by: KeyObject | null; over?: string },
): Promise<string | undefined> {
  const own = { id: randomId(), salt: randomId() };
  const p = { ...EXAMPLES['case.drafted'], temporaryNo: undefined };
  const event = { id: randomId(), t: 'case.drafted', v: 1, at: new Date().toISOString(), p };
  const payload = JSON.parse(JSON.stringify(p)) as unknown;
  const body = { ...{ id: event.id, caseId: own.id, type: event.t, v: 1 }, occurredAt: event.at };
  const h = eventHashSync(digest, own.salt, { ...body, payload } as never);
  const bytes = pushBytes(over, hashesInRow([h]));
  const how = { dsaEncoding: 'ieee-p1363' } as const;
  const sig = by === null ? {} : { sig: signatureOf(sign('sha256', bytes, { key: by, ...how })) };
  const events = [{ c: 0, ds, ...event }];
  const answer = await exchange(agent, requestOf(dv, { cases: [own], events, dsHi: ds, ...sig }));
  return answer.reply?.results[0]?.s;
}

/** None, another key's, one over another device: nothing of it may join; its own key's does. */
export async function unsignedLies(found: Found, agent: Visitor): Promise<void> {
  const dv = randomId();
  const { publicKey, privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const headers = { 'content-type': 'application/json', [CLIENT_HEADER]: 'authz' };
  const body = JSON.stringify({ dv, build: 'authz', key: printed(publicKey) });
  const told = await agent.ask(ENROL_PATH, { method: 'POST', headers, body });
  if (told.status !== 200) throw new Error(`no device was enrolled: ${String(told.status)}`);
  const other = generateKeyPairSync('ec', { namedCurve: 'P-256' }).privateKey;
  const lies = [
    ['no signature', { by: null }],
    ["another key's signature", { by: other }],
    ["another device's signature", { by: privateKey, over: randomId() }],
  ] as const;
  for (const [n, [name, how]] of lies.entries()) {
    found.forged += 1;
    const state = await begin(agent, dv, { ds: n + 1, ...how });
    if (state !== 'rejected') found.forgedAccepted.push(`a keyed device with ${name}`);
  }
  const good = await begin(agent, dv, { ds: lies.length + 1, by: privateKey });
  if (good !== 'stored') found.wrong.push(`what a device signed was not stored: ${String(good)}`);
}
