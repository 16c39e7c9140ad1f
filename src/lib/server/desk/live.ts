/**
 * What tells open desk pages that the log moved: one stream of server-sent events a page.
 *
 *     commit here, or NOTIFY of another node ─► moved, at most one a second ─► every open stream
 *
 * It says `moved` and nothing else; the page asks again for what its person may see.
 */

/** Limits of the streams, in one place. */
export const LIVE = {
  /** Streams of one person on one node: the tabs he has in sight. */
  perPerson: 8,
  perNode: 400,
  /** At most one message in so many ms. */
  everyMs: 1_000,
  /** A heartbeat, and a look whether the session still is, so often. */
  beatMs: 10_000,
  /** Messages that nobody reads before the stream is given up. */
  unreadMax: 8,
} as const;

/** Who opens a stream. */
export interface Watcher {
  readonly personId: string;
  /** False or thrown: the stream ends here. Asked at each heartbeat. */
  readonly stillIn: () => Promise<boolean>;
}

export interface Live {
  /** A stream of server-sent events; null: this person, or this node, has enough of them. */
  open(watcher: Watcher): ReadableStream<Uint8Array> | null;
  /** Streams open now. */
  readonly size: number;
  /** Ends every stream and takes no more: a stopping server waits for none. */
  close(this: void): void;
}

interface Open {
  readonly watcher: Watcher;
  readonly controller: ReadableStreamDefaultController<Uint8Array>;
  readonly beat: NodeJS.Timeout;
}

const bytes = (text: string) => new TextEncoder().encode(text);
const HELLO = bytes('retry: 2000\n\n');
const MOVED = bytes('event: moved\ndata: moved\n\n');
const BEAT = bytes(': here\n\n');

type Limits = { readonly [name in keyof typeof LIVE]: number };

class LiveStreams implements Live {
  readonly #limits: Limits;
  readonly #streams = new Set<Open>();
  readonly #unhear: () => void;
  #last = -Infinity;
  #later: NodeJS.Timeout | undefined;
  #shut = false;

  constructor(onMoved: (listener: () => void) => () => void, limits: Limits) {
    this.#limits = limits;
    this.#unhear = onMoved(() => this.#moved());
  }

  get size(): number {
    return this.#streams.size;
  }

  #moved(): void {
    if (this.#later !== undefined || this.#streams.size === 0) return;
    const wait = this.#last + this.#limits.everyMs - performance.now();
    if (wait <= 0) this.#tell();
    else this.#later = setTimeout(() => this.#tell(), wait).unref();
  }

  #tell(): void {
    this.#later = undefined;
    this.#last = performance.now();
    for (const one of this.#streams) this.#say(one, MOVED);
  }

  #say(one: Open, text: Uint8Array): void {
    if ((one.controller.desiredSize ?? 0) < -this.#limits.unreadMax) this.#end(one);
    else one.controller.enqueue(text);
  }

  /** Forgets a stream; one that its reader left is closed already. */
  #end(one: Open, how: { readonly left: boolean } = { left: false }): void {
    if (!this.#streams.delete(one)) return;
    clearInterval(one.beat);
    if (!how.left) one.controller.close();
  }

  async #beat(one: Open): Promise<void> {
    const still = await one.watcher.stillIn().catch(() => false);
    if (!this.#streams.has(one)) return;
    if (still) this.#say(one, BEAT);
    else this.#end(one);
  }

  open(watcher: Watcher): ReadableStream<Uint8Array> | null {
    const { perPerson, perNode, beatMs } = this.#limits;
    const own = [...this.#streams].filter((one) => one.watcher.personId === watcher.personId);
    if (this.#shut || this.size >= perNode || own.length >= perPerson) return null;
    let one: Open | undefined;
    return new ReadableStream<Uint8Array>({
      start: (controller) => {
        const beat = setInterval(() => one && void this.#beat(one), beatMs).unref();
        one = { watcher, controller, beat };
        this.#streams.add(one);
        controller.enqueue(HELLO);
      },
      cancel: () => {
        if (one) this.#end(one, { left: true });
      },
    });
  }

  close = (): void => {
    this.#shut = true;
    this.#unhear();
    clearTimeout(this.#later);
    for (const one of this.#streams) this.#end(one);
  };
}

/** Streams of one node, fed by what its container hears of its own commits and of other nodes'. */
export const createLive = (
  onMoved: (listener: () => void) => () => void,
  limits: Limits = LIVE,
): Live => new LiveStreams(onMoved, limits);
