import { notFound, personHere } from '$lib/server/desk/here';
import { peekOf } from '$lib/server/desk/peek';
import { json } from '@sveltejs/kit';
import type { RequestHandler } from './$types';

export const GET: RequestHandler = async ({ locals, params }) => {
  const peek = await peekOf(locals.room.desk, personHere(locals), params.id);
  return peek === null ? notFound() : json(peek);
};
