import { isDeskPerson, loadSubject } from '$lib/server/auth/subject';
import { setCookies } from '$lib/server/auth/set-cookies';
import { signIn, signInSecondFactor } from '$lib/server/auth/sign-in';
import { noteSignIn } from '$lib/server/settings/sign-in-notes';
import { COUNTY } from '$lib/server/county';
import { safeNext } from '$lib/server/desk/prove-here';
import { fail, redirect } from '@sveltejs/kit';
import type { Actions, PageServerLoad } from './$types';

export const load: PageServerLoad = ({ locals, url }) => {
  const { person, room, wasIdle } = locals;
  if (person && isDeskPerson(person, room.accounts.now())) redirect(303, '/desk');
  return {
    county: COUNTY.name,
    idle: wasIdle || url.searchParams.has('idle'),
    setUp: url.searchParams.has('set'),
  };
};

export const actions: Actions = {
  in: async ({ request, locals, cookies, getClientAddress, url }) => {
    const { auth, limiter, accounts } = locals.room;
    const form = await request.formData();
    const user = String(form.get('user') ?? '').slice(0, 60);
    const passphrase = String(form.get('passphrase') ?? '').slice(0, 200);
    const who = { userName: user, passphrase, address: getClientAddress() };
    const outcome = await signIn({ auth, limiter }, who, request.headers);
    await noteSignIn(locals.room, { ...who, outcome });
    if (outcome.kind === 'slow')
      return fail(429, { problem: 'slow' as const, waitSeconds: outcome.waitSeconds, user });
    if (outcome.kind === 'full')
      return fail(507, { problem: 'full' as const, waitSeconds: 0, user });
    if (outcome.kind === 'second-factor') {
      setCookies(cookies, outcome.cookies);
      return fail(401, { problem: 'code' as const, waitSeconds: 0, user });
    }
    if (outcome.kind !== 'in') return fail(401, { problem: outcome.kind, waitSeconds: 0, user });
    const person = await loadSubject(accounts.db, { id: outcome.personId, name: '' });
    setCookies(cookies, outcome.cookies);
    if (!isDeskPerson(person, accounts.now())) {
      const agent = person.grants.some((grant) => grant.role === 'A');
      return fail(403, {
        problem: agent ? ('agent' as const) : ('noDesk' as const),
        waitSeconds: 0,
        user,
      });
    }
    redirect(303, safeNext(url.searchParams.get('next')));
  },
  code: async ({ request, locals, cookies, getClientAddress }) => {
    const { auth, limiter, accounts } = locals.room;
    const form = await request.formData();
    const code = String(form.get('code') ?? '').slice(0, 20);
    const address = getClientAddress();
    const deps = { auth, limiter, db: accounts.db };
    const outcome = await signInSecondFactor(deps, { code, address }, request.headers);
    await noteSignIn(locals.room, { userName: '', address, outcome });
    if (outcome.kind === 'slow')
      return fail(429, { problem: 'slow' as const, waitSeconds: outcome.waitSeconds, user: '' });
    if (outcome.kind === 'full')
      return fail(507, { problem: 'full' as const, waitSeconds: 0, user: '' });
    if (outcome.kind !== 'in')
      return fail(401, { problem: 'codeWrong' as const, waitSeconds: 0, user: '' });
    setCookies(cookies, outcome.cookies);
    redirect(303, '/desk');
  },
};
