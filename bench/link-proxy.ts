/**
 * A TCP proxy that counts what crosses it and behaves like a bad rural link: rate caps that all
 * connections share, a round-trip time, packets that stall everything behind them, cuts.
 */
import { connect, createServer, type Socket } from 'node:net';
import type { AddressInfo } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';

/** Up and down in kbit/s (0: no cap), `rtt` and `rto` in ms, `cutEvery` the mean ms between cuts. */
export interface LinkKind {
  readonly rtt: number;
  readonly up: number;
  readonly down: number;
  readonly loss: number;
  readonly rto: number;
  readonly cutEvery: number;
}

const CLEAN: LinkKind = { rtt: 0, up: 0, down: 0, loss: 0, rto: 0, cutEvery: 0 };
export const LINKS: Readonly<Record<string, LinkKind>> = {
  clean: CLEAN,
  '2g': { ...CLEAN, rtt: 600, up: 100, down: 200 },
  bad2g: { rtt: 900, up: 50, down: 100, loss: 0.02, rto: 1_500, cutEvery: 25_000 },
};

/** TCP payload bytes both ways, HTTP requests and cuts since the last `reset`. */
export interface Crossed {
  up: number;
  down: number;
  requests: number;
  connections: number;
  cuts: number;
  /** Milliseconds from the `reset` to each cut. */
  cutAt: number[];
}

const PACKET = 1_400;
/** Bytes that may wait for the link before the sender is paused: a modest modem buffer. */
const BACKLOG = 32_768;
const REQUEST = /(?:^|\n)(?:GET|POST|PUT|DELETE|HEAD|OPTIONS|PATCH) \S+ HTTP\/1\.1\r/g;
const nothing = (): Crossed => ({
  up: 0,
  down: 0,
  requests: 0,
  connections: 0,
  cuts: 0,
  cutAt: [],
});

type Direction = 'up' | 'down';

interface Pair {
  readonly a: Socket;
  readonly b: Socket;
  /** Nothing passes before this moment: a lost packet holds what is behind it. */
  heldUntil: number;
}

/** One proxy in front of one port of this machine. */
export class LinkProxy {
  crossed = nothing();
  private link: LinkKind = CLEAN;
  private isDown = false;
  private since = 0;
  private readonly free = { up: 0, down: 0 };
  private readonly pairs = new Set<Pair>();
  private readonly target: number;
  private readonly random: () => number;
  private cutTimer: NodeJS.Timeout | undefined;
  private readonly server = createServer((socket) => this.accept(socket));

  constructor(target: number, seed: number) {
    this.target = target;
    let state = seed >>> 0;
    this.random = () =>
      (state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0) / 4_294_967_296;
  }

  async listen(): Promise<number> {
    await new Promise<void>((resolve) => this.server.listen(0, '127.0.0.1', resolve));
    return (this.server.address() as AddressInfo).port;
  }

  /** From now on this link, over fresh connections, counted from zero. */
  use(name: string): void {
    const link = LINKS[name];
    if (!link) throw new Error(`no such link: ${name}, one of ${Object.keys(LINKS).join(', ')}`);
    this.cutAll();
    this.link = link;
    this.free.up = this.free.down = 0;
    clearTimeout(this.cutTimer);
    if (link.cutEvery > 0) this.cutLater();
    this.crossed = nothing();
    this.since = performance.now();
  }

  /** No coverage at all. */
  down(): void {
    this.isDown = true;
    this.cutAll();
  }

  close(): void {
    clearTimeout(this.cutTimer);
    this.cutAll();
    this.server.close();
  }

  private cutLater(): void {
    const wait = -Math.log(1 - this.random()) * this.link.cutEvery;
    this.cutTimer = setTimeout(() => {
      this.crossed.cutAt.push(Math.round(performance.now() - this.since));
      this.cutAll();
      this.cutLater();
    }, wait);
  }

  private cutAll(): void {
    for (const pair of this.pairs) {
      this.crossed.cuts++;
      this.end(pair);
    }
  }

  private end(pair: Pair): void {
    this.pairs.delete(pair);
    pair.a.resetAndDestroy();
    pair.b.resetAndDestroy();
  }

  private accept(a: Socket): void {
    if (this.isDown) return void a.resetAndDestroy();
    const pair: Pair = { a, b: connect(this.target, '127.0.0.1'), heldUntil: 0 };
    this.pairs.add(pair);
    this.crossed.connections++;
    a.setNoDelay(true);
    pair.b.setNoDelay(true);
    this.pump(pair, 'up');
    this.pump(pair, 'down');
    // The client may speak only after the handshake.
    if (this.link.rtt > 0) {
      a.pause();
      setTimeout(() => a.resume(), this.link.rtt);
    }
  }

  private pump(pair: Pair, direction: Direction): void {
    const [from, to] = direction === 'up' ? [pair.a, pair.b] : [pair.b, pair.a];
    let order = Promise.resolve();
    from.on('data', (bytes: Buffer) => {
      for (let at = 0; at < bytes.length; at += PACKET) {
        const packet = bytes.subarray(at, at + PACKET);
        const due = this.dueOf(pair, direction, packet.length);
        order = order.then(() => this.pass(packet, { to, due, direction }));
      }
      this.hold(from, direction);
    });
    from.on('error', () => undefined);
    // What is on the link still arrives.
    from.on('close', () => {
      void order.then(() => {
        to.end();
        this.pairs.delete(pair);
      });
    });
  }

  /** When a packet comes out: its turn on the shared link, half a round trip, and stalls. */
  private dueOf(pair: Pair, direction: Direction, length: number): number {
    const now = performance.now();
    const rate = this.link[direction];
    let at = now;
    if (rate > 0)
      at = this.free[direction] = Math.max(this.free[direction], now) + (length * 8) / rate;
    if (this.link.loss > 0 && this.random() < this.link.loss)
      pair.heldUntil = Math.max(pair.heldUntil, at + this.link.rto);
    return Math.max(at, pair.heldUntil) + this.link.rtt / 2;
  }

  private async pass(
    packet: Buffer,
    { to, due, direction }: { to: Socket; due: number; direction: Direction },
  ): Promise<void> {
    const wait = due - performance.now();
    if (wait > 0.3) await sleep(wait);
    if (to.destroyed) return;
    this.crossed[direction] += packet.length;
    if (direction === 'up')
      this.crossed.requests += [...packet.toString('latin1').matchAll(REQUEST)].length;
    to.write(packet);
  }

  /** Stops reading while too much waits for the link. */
  private hold(from: Socket, direction: Direction): void {
    const rate = this.link[direction];
    if (rate === 0 || from.isPaused()) return;
    const backlog = this.free[direction] - performance.now();
    const room = (BACKLOG * 8) / rate;
    if (backlog <= room) return;
    from.pause();
    setTimeout(
      () => {
        if (!from.destroyed) from.resume();
      },
      backlog - room / 2,
    );
  }
}
