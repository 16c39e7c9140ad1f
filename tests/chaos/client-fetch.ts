/**
 * `fetch` over one TCP connection per request, so that a cut at byte k is a cut of that exchange.
 * It decodes as a browser does and rejects whenever the answer is not whole.
 */
import { Agent, request as ask, type IncomingMessage } from 'node:http';
import { promisify } from 'node:util';
import { brotliDecompress, gunzip } from 'node:zlib';

const unpackers: Readonly<Record<string, (bytes: Buffer) => Promise<Buffer>>> = {
  br: promisify(brotliDecompress),
  gzip: promisify(gunzip),
};

async function whole(came: IncomingMessage): Promise<Buffer> {
  const parts: Buffer[] = [];
  for await (const part of came) parts.push(part as Buffer);
  if (!came.complete) throw new TypeError('terminated');
  return Buffer.concat(parts);
}

async function asResponse(came: IncomingMessage): Promise<Response> {
  const raw = await whole(came);
  const unpack = unpackers[String(came.headers['content-encoding'] ?? '')];
  const body = unpack ? await unpack(raw) : raw;
  const headers = new Headers();
  for (const [name, value] of Object.entries(came.headers))
    if (value !== undefined) headers.set(name, String(value));
  const status = came.statusCode ?? 0;
  const empty = status === 204 || status === 304;
  return new Response(empty ? null : new Uint8Array(body), { status, headers });
}

/** @param who headers that every request carries */
export function oneConnectionFetch(who: Readonly<Record<string, string>>): typeof fetch {
  return async (input, init = {}) => {
    const url = new URL(input instanceof Request ? input.url : input);
    const body = await bytesOf(init.body);
    const headers = {
      ...Object.fromEntries(new Headers(init.headers)),
      ...{ 'accept-encoding': 'gzip, br', 'content-length': String(body.length), ...who },
    };
    const { promise, resolve, reject } = Promise.withResolvers<IncomingMessage>();
    const agent = new Agent({ keepAlive: false });
    const method = init.method ?? 'GET';
    const sent = ask(url, {
      method,
      headers,
      agent,
      ...(init.signal ? { signal: init.signal } : {}),
    });
    sent.on('response', resolve).on('error', reject).end(body);
    return asResponse(await promise);
  };
}

async function bytesOf(body: RequestInit['body']): Promise<Buffer> {
  if (body === undefined || body === null) return Buffer.alloc(0);
  return Buffer.from(await new Response(body).arrayBuffer());
}
