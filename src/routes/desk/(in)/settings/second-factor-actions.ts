import {
  beginSecondFactor,
  confirmSecondFactor,
  endSecondFactor,
  isCountyPerson,
  shownSecondFactor,
} from '$lib/server/auth/second-factor';
import { setCookies } from '$lib/server/auth/set-cookies';
import { personHere } from '$lib/server/desk/here';
import { provenHere } from '$lib/server/desk/prove-here';
import { resetAccount } from '$lib/server/settings/account-acts';
import { fail, type RequestEvent } from '@sveltejs/kit';

const field = (form: FormData, name: string) => String(form.get(name) ?? '').trim();

/** Whether the person behind the request may have a second factor: agents' tablets ask for none. */
const isOffered = ({ locals }: RequestEvent): boolean =>
  isCountyPerson(personHere(locals), locals.room.accounts.now());

/** Shows the secret and the recovery codes, once. */
export async function secondBegin(event: RequestEvent) {
  if (!isOffered(event)) return fail(404, { said: 'none' as const });
  const { locals, request } = event;
  const passphrase = field(await request.formData(), 'passphrase');
  const { personId } = personHere(locals);
  const who = { personId, passphrase, userName: locals.account?.userName ?? '' };
  const begun = await beginSecondFactor(locals.room, who, request.headers);
  if (!begun.ok && begun.error === 'SLOW') return fail(429, { said: 'proveLater' as const });
  if (!begun.ok)
    return fail(400, {
      said: begun.error === 'WRONG_PASSPHRASE' ? ('wrong' as const) : ('secondThere' as const),
    });
  return { said: 'secondBegun' as const, second: begun.value };
}

/** The first right code puts it in force; after a wrong one the same secret is shown again. */
export async function secondConfirm(event: RequestEvent) {
  if (!isOffered(event)) return fail(404, { said: 'none' as const });
  const { cookies, locals, request } = event;
  const form = await request.formData();
  const typed = { personId: personHere(locals).personId, code: field(form, 'code') };
  const done = await confirmSecondFactor(locals.room.accounts, typed, request.headers);
  if (done.ok) {
    setCookies(cookies, done.value);
    return { said: 'secondSet' as const };
  }
  const uri = field(form, 'uri');
  const shown = shownSecondFactor(uri);
  const recoveryCodes = field(form, 'recovery').split(' ').slice(0, 20);
  const second = shown && { ...shown, uri, recoveryCodes };
  return fail(400, { said: 'secondWrong' as const, ...(second === null ? {} : { second }) });
}

/** Ends one's own, with the passphrase. */
export async function secondEnd({ cookies, locals, request }: RequestEvent) {
  const { personId } = personHere(locals);
  const passphrase = field(await request.formData(), 'passphrase');
  const done = await endSecondFactor(locals.room, { personId, passphrase }, request.headers);
  if (!done.ok && done.error === 'SLOW') return fail(429, { said: 'proveLater' as const });
  if (!done.ok) return fail(400, { said: 'wrong' as const });
  setCookies(cookies, done.value);
  return { said: 'secondEnded' as const };
}

/** For somebody who lost phone and recovery codes; `isAdmin` was asked by the page. */
export async function secondReset({ locals, request }: RequestEvent, isAdmin: boolean) {
  if (!isAdmin) return fail(404, { said: 'none' as const });
  if (!provenHere(locals)) return fail(403, { said: 'prove' as const });
  const personId = field(await request.formData(), 'person');
  await resetAccount(locals.room, personHere(locals), { personId, passphrase: null });
  return { said: 'done' as const };
}
