import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { setDisabled } from '../../src/lib/server/auth/accounts.ts';
import { sessionRow } from '../../src/lib/server/auth/session-row.ts';
import { signIn } from '../../src/lib/server/auth/sign-in.ts';
import { openTestCounty, type TestCounty } from './county.ts';

let county: TestCounty;

beforeAll(async () => {
  county = await openTestCounty();
}, 300_000);
afterAll(() => county.close());

async function cookieFor(userName: string): Promise<{ name: string; value: string }> {
  const { auth, limiter } = county.room;
  const asked = { userName, passphrase: `beihe-${userName}`, address: '10.0.0.9' };
  const outcome = await signIn({ auth, limiter }, asked, new Headers());
  const session = outcome.kind === 'in' ? outcome.cookies.find(isSession) : undefined;
  if (session === undefined) throw new Error('no session');
  return session;
}
const isSession = ({ name }: { name: string }): boolean => name.endsWith('session_token');
const deps = () => ({ auth: county.room.auth, db: county.room.accounts.db });
const read = (cookie: string) => sessionRow(deps(), new Headers({ cookie }));

describe('the session read in one query', () => {
  it('[AU4] is the one that better-auth finds, and none once it is ended', async () => {
    const { name, value } = await cookieFor('huifang');
    const cookie = `${name}=${encodeURIComponent(value)}`;
    const headers = new Headers({ cookie });
    const query = { disableRefresh: true };
    const theirs = await county.room.auth.api.getSession({ headers, query });
    const ours = await read(`a=b; ${cookie}`);
    expect(ours?.session.id).toBe(theirs?.session.id);
    expect(ours?.user).toEqual({
      id: theirs?.user.id,
      name: theirs?.user.name,
      username: 'huifang',
      banned: false,
      twoFactorEnabled: false,
    });
    await setDisabled(county.room.accounts, 'xfj-followup', true);
    expect(await read(cookie)).toBeNull();
    await setDisabled(county.room.accounts, 'xfj-followup', false);
  });

  it('[AU4] needs the signature, the whole of it, and a time that has not run out', async () => {
    const { name, value } = await cookieFor('shenhe');
    const said = (text: string) => read(`${name}=${encodeURIComponent(text)}`);
    const [token = '', signature = ''] = value.split('.');
    expect(await said(value)).not.toBeNull();
    const other = signature.startsWith('A') ? 'B' : 'A';
    for (const odd of [token, `${token}.`, `.${signature}`, `${value}=`, value.slice(0, -1)])
      expect(await said(odd), odd).toBeNull();
    expect(await said(`${token}.${other}${signature.slice(1)}`)).toBeNull();
    expect(await said(`x${value}`)).toBeNull();
    expect(await read(`${name}=%E0%A4%A; other=1`)).toBeNull();
    const past = new Date(Date.now() - 1000).toISOString();
    const of = county.room.accounts.db.updateTable('session').where('token', '=', token);
    await of.set({ expiresAt: past }).execute();
    expect(await said(value)).toBeNull();
  });
});
