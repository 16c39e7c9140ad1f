/** Something between tablet and county that answers in the county's name, or bends its answers. */
import {
  createServer,
  request as forward,
  type IncomingMessage,
  type Server,
  type ServerResponse,
} from 'node:http';
import { listen } from './listen.ts';

/** An answer as it came from the county, or as it goes on to the tablet. */
export interface Answer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Buffer;
}

/** What the liar says; `real` is what the county would have said, with the request delivered. */
export interface Lie {
  readonly name: string;
  /** False: the county never sees the request. */
  readonly asks: boolean;
  /** Asks for an unpacked answer, so that what is bent is the text itself. */
  readonly plain?: boolean;
  /** Delivers the request twice, as a proxy's retry does. */
  readonly twice?: boolean;
  /** Said again to whoever asks again, until `next` changes: fetch itself repeats after a 421. */
  readonly stays?: boolean;
  readonly says: (real: Answer | null) => Answer;
}

const HOP_BY_HOP = new Set(['connection', 'keep-alive', 'transfer-encoding', 'content-length']);

async function read(message: IncomingMessage): Promise<Buffer> {
  const parts: Buffer[] = [];
  for await (const part of message) parts.push(part as Buffer);
  return Buffer.concat(parts);
}

/** An HTTP proxy that lies about the next exchange only when it is told to. */
export class Liar {
  readonly port: number;
  next: Lie | null = null;
  told = 0;
  /** Latest whole answer of the county, for one that comes too late. */
  latest: Answer | null = null;
  private readonly server: Server;
  private readonly to: () => number;

  private constructor(server: Server, port: number, to: () => number) {
    this.server = server;
    this.port = port;
    this.to = to;
    server.on('request', (asked, answer) => {
      this.serve(asked, answer).catch(() => answer.destroy());
    });
  }

  static async open(to: () => number): Promise<Liar> {
    const server = createServer({ keepAliveTimeout: 500 });
    return new Liar(server, await listen(server), to);
  }

  get origin(): string {
    return `http://127.0.0.1:${this.port}`;
  }

  close(): Promise<void> {
    this.server.closeAllConnections();
    return new Promise((resolve) => this.server.close(() => resolve()));
  }

  private async serve(asked: IncomingMessage, answer: ServerResponse): Promise<void> {
    const body = await read(asked);
    const lie = this.next;
    if (!lie?.stays) this.next = null;
    let real: Answer | null = null;
    for (let n = 0; n < (lie?.twice ? 2 : 1); n++)
      if (lie?.asks !== false) real = await this.ask(asked, body, lie?.plain ?? false);
    if (lie) this.told++;
    const says = lie ? lie.says(real) : real;
    if (real) this.latest = real;
    if (!says) return void answer.destroy();
    const length = says.status === 204 ? {} : { 'content-length': String(says.body.length) };
    answer.writeHead(says.status, { ...says.headers, ...length }).end(says.body);
  }

  private ask(asked: IncomingMessage, body: Buffer, plain: boolean): Promise<Answer> {
    const { method, url, headers } = asked;
    const accept = plain ? 'identity' : String(headers['accept-encoding'] ?? 'identity');
    return new Promise((resolve, reject) => {
      forward({
        ...{ port: this.to(), host: '127.0.0.1', agent: false, method, path: url },
        headers: { ...headers, 'accept-encoding': accept },
      })
        .on('error', reject)
        .on('response', (came) => {
          read(came)
            .then((bytes) => {
              const kept = Object.entries(came.headers).filter(([name]) => !HOP_BY_HOP.has(name));
              const heads = Object.fromEntries(kept.map(([name, v]) => [name, String(v)]));
              resolve({ status: came.statusCode ?? 502, headers: heads, body: bytes });
            })
            .catch(reject);
        })
        .end(body);
    });
  }
}
