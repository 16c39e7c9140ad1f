import { error } from '@sveltejs/kit';
import type { Subject } from '../../domain/permissions.ts';

/** The signed-in person of a desk request; the layout has already sent strangers to sign in. */
export function personHere(locals: { readonly person: Subject | null }): Subject {
  if (locals.person === null) error(401, '要先登录。');
  return locals.person;
}

/** Answers for a case that is not there and for one that is not theirs: the same, to the letter. */
export function notFound(): never {
  error(404, { message: '没有这一件，或者不归您看。', code: 'NOT_FOUND' });
}
