/** A TCP line that counts bytes and is cut where it is told; it understands nothing above TCP. */
import { connect, createServer, type Server, type Socket } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { listen } from './listen.ts';

/** Where the next connection is cut; each counts the bytes that still pass. */
export type Cut =
  | { readonly side: 'request'; readonly at: number }
  | { readonly side: 'answer'; readonly at: number }
  | null;

export interface Passed {
  readonly up: number;
  readonly down: number;
}

/** One connection at a time is watched: the client opens one per exchange. */
export class Line {
  readonly port: number;
  /** Taken by the next connection; null lets it pass. */
  next: Cut = null;
  /** Taken by the ones after it, one by one. */
  later: Cut[] = [];
  cuts = 0;
  /** Bytes of the connection that ended last. */
  last: Passed = { up: 0, down: 0 };
  private readonly open = new Set<Socket>();
  private readonly server: Server;
  private readonly to: () => number;

  private constructor(server: Server, port: number, to: () => number) {
    this.server = server;
    this.port = port;
    this.to = to;
    server.on('connection', (tablet) => this.serve(tablet));
  }

  /** @param to port behind the line at this moment */
  static async open(to: () => number): Promise<Line> {
    const server = createServer({ noDelay: true });
    return new Line(server, await listen(server), to);
  }

  get origin(): string {
    return `http://127.0.0.1:${this.port}`;
  }

  close(): Promise<void> {
    return new Promise((resolve) => this.server.close(() => resolve()));
  }

  /** Resolves when no connection is open: then `last` is the one that was asked for. */
  async quiet(): Promise<void> {
    while (this.open.size > 0) await sleep(1);
  }

  private serve(tablet: Socket): void {
    const cut = this.next;
    this.next = this.later.shift() ?? null;
    const passed = { up: 0, down: 0 };
    this.open.add(tablet);
    const county = connect({ port: this.to(), host: '127.0.0.1', noDelay: true });
    const end = (): void => {
      if (this.open.delete(tablet)) this.last = passed;
      tablet.destroy();
      county.destroy();
    };
    const cutNow = (): void => {
      this.cuts++;
      end();
    };
    for (const socket of [tablet, county]) socket.on('error', end).on('close', end);
    const pass = (side: 'request' | 'answer', count: 'up' | 'down', to: Socket) => (b: Buffer) => {
      const left = cut?.side === side ? cut.at - passed[count] : Infinity;
      passed[count] += Math.min(left, b.length);
      // Cut where another byte would have come: what had ended there was not cut.
      if (b.length <= left) to.write(b);
      // Byte k is the last to pass; the other end has it before the line is gone.
      else if (left > 0) to.write(b.subarray(0, left), cutNow);
      else cutNow();
    };
    if (cut?.side === 'request' && cut.at === 0) return cutNow();
    tablet.on('data', pass('request', 'up', county));
    county.on('data', pass('answer', 'down', tablet));
  }
}
