import { getContainer } from '$lib/server/container';
import { ratingKeyPair } from '$lib/server/rating/key';
import { json } from '@sveltejs/kit';
import type { RequestHandler } from './$types';

/** The public half of the rating key: what tablets seal ratings to. No secret, so no sign-in. */
export const GET: RequestHandler = async () => {
  const { env } = await getContainer();
  const { keyId, publicKey } = await ratingKeyPair(env.ratingKeyFile);
  return json({ keyId, publicKey });
};
