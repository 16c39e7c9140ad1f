/** A TCP line of so many bytes per second each way, cut whenever its time is up. */
import { connect, createServer, type Server, type Socket } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { listen } from './listen.ts';

/** Ends of one connection, to be cut together. */
interface Pair {
  readonly tablet: Socket;
  readonly county: Socket;
}

const SLICE_MS = 20;

export class SlowLine {
  readonly port: number;
  cuts = 0;
  /** Bytes that went over the line, TCP payload with every header. */
  up = 0;
  down = 0;
  private readonly server: Server;
  private readonly to: () => number;
  private readonly bytesPerSecond: number;
  private readonly pairs = new Set<Pair>();
  /** When the line is free again, per direction: all connections share it. */
  private readonly free = { up: 0, down: 0 };

  private constructor(server: Server, of: { port: number; to: () => number; rate: number }) {
    this.server = server;
    this.port = of.port;
    this.to = of.to;
    this.bytesPerSecond = of.rate;
    server.on('connection', (tablet) => this.serve(tablet));
  }

  /** @param to port behind the line at this moment */
  static async open(to: () => number, bytesPerSecond: number): Promise<SlowLine> {
    const server = createServer({ noDelay: true, allowHalfOpen: true });
    return new SlowLine(server, { port: await listen(server), to, rate: bytesPerSecond });
  }

  get origin(): string {
    return `http://127.0.0.1:${this.port}`;
  }

  /** Breaks every connection that is open now. */
  cut(): void {
    if (this.pairs.size > 0) this.cuts += 1;
    for (const pair of this.pairs) this.end(pair);
  }

  close(): Promise<void> {
    this.cut();
    return new Promise((resolve) => this.server.close(() => resolve()));
  }

  private end(pair: Pair): void {
    this.pairs.delete(pair);
    pair.tablet.destroy();
    pair.county.destroy();
  }

  private serve(tablet: Socket): void {
    const county = connect({
      ...{ port: this.to(), host: '127.0.0.1', noDelay: true, allowHalfOpen: true },
    });
    const pair = { tablet, county };
    this.pairs.add(pair);
    for (const socket of [tablet, county]) socket.on('error', () => this.end(pair));
    const ways = [this.carry(tablet, county, 'up'), this.carry(county, tablet, 'down')];
    void Promise.all(ways).then(() => this.end(pair));
  }

  /** Slice by slice, each when the line is free; what is cut away was never on it. */
  private async carry(from: Socket, to: Socket, way: 'up' | 'down'): Promise<void> {
    const slice = Math.max(64, Math.floor((this.bytesPerSecond * SLICE_MS) / 1_000));
    try {
      for await (const bytes of from as AsyncIterable<Buffer>)
        for (let at = 0; at < bytes.length; at += slice) {
          const part = bytes.subarray(at, at + slice);
          const now = performance.now();
          this.free[way] =
            Math.max(now, this.free[way]) + (part.length * 1_000) / this.bytesPerSecond;
          await sleep(Math.max(0, this.free[way] - now));
          if (to.destroyed || from.destroyed) return;
          this[way] += part.length;
          to.write(part);
        }
      to.end();
    } catch {
      // The connection was cut; both ends know.
    }
  }
}
