import type { Container } from './container.ts';

/** 200 when the county can take an exchange right now, else 503 with the reason. */
export async function readyEndpoint(container: () => Promise<Container>): Promise<Response> {
  const headers = { 'cache-control': 'no-store' };
  try {
    const { open, store, county } = await container();
    if (!open) return Response.json({ ready: false, why: 'closing' }, { status: 503, headers });
    const { seq } = await store.transact(county, (tx) => tx.head());
    return Response.json({ ready: true, head: seq }, { headers });
  } catch (error) {
    console.error('not ready:', error);
    return Response.json({ ready: false, why: 'store' }, { status: 503, headers });
  }
}

/** 200 as long as the process answers at all. */
export const aliveEndpoint = (): Response =>
  Response.json({ alive: true }, { headers: { 'cache-control': 'no-store' } });
