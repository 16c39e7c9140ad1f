import { sessionFetch } from '../../scripts/intake/session-fetch.ts';
import { expect, test } from './county.ts';

test('[AU347] whoever signed in as a tablet has no desk: pages, acts and streams are nobody’s; the desk’s door opens it', async ({
  county,
}) => {
  const { user, passphrase } = county.account({ role: 'registrar' });
  /** One browser: what it is shown of the desk. */
  const browser = () => {
    const ask = sessionFetch(county.url);
    const json = { 'content-type': 'application/json', 'x-daiban': '1' };
    const form = { accept: 'application/json', 'x-sveltekit-action': 'true' };
    return {
      signIn: (more: object) =>
        ask(`${county.url}/api/auth/sign-in/username`, {
          ...{ method: 'POST', headers: json },
          body: JSON.stringify({ username: user, password: passphrase, ...more }),
        }),
      door: () =>
        ask(`${county.url}/desk/sign-in?/in`, {
          ...{ method: 'POST', headers: form, body: new URLSearchParams({ user, passphrase }) },
        }),
      shown: async (door = '/desk') => {
        const statuses: number[] = [];
        for (const path of ['', '/ledger', '/live', '/settings']) {
          const answer = await ask(`${county.url}${door}${path}`, { redirect: 'manual' });
          await answer.body?.cancel();
          statuses.push(answer.status);
        }
        return statuses;
      },
    };
  };
  const [tablet, program, desk] = [browser(), browser(), browser()];
  const [nothing, everything] = [
    [303, 303, 401, 303],
    [200, 200, 200, 200],
  ];
  expect(await tablet.shown()).toEqual(nothing);
  expect((await tablet.signIn({ for: 'tablet' })).status).toBe(200);
  expect(await tablet.shown()).toEqual(nothing);
  expect(await tablet.shown('/%64esk')).toEqual([404, 404, 404, 404]);
  expect((await program.signIn({})).status).toBe(200);
  expect(await program.shown()).toEqual(everything);
  expect((await desk.door()).status).toBe(200);
  expect(await desk.shown()).toEqual(everything);
  // The same browser, at the desk's own door: now it is his desk.
  expect((await tablet.door()).status).toBe(200);
  expect(await tablet.shown()).toEqual(everything);
});
