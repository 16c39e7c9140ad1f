/**
 * Keeps an open desk page fresh: the county's stream says that something moved, and a look each
 * minute stands in where there is no stream. Nothing is read again while somebody writes on the page.
 */

/** Where the stream is. */
const STREAM = '/desk/live';
/** How often the page looks by itself, with or without a stream. */
const POLL_MS = 60_000;
/** How soon a page that waited for somebody's writing looks whether that is over. */
const STILL_WRITING_MS = 1_000;
/** A county under load is left alone so many times as long as its answer took. */
const REST_TIMES = 3;
/** Tells the county that the page asks and not the person: his session is not kept awake by it. */
const WATCHING = 'watching=1; path=/desk; samesite=strict';

export interface WatchOf {
  /** Reads again what this page shows. */
  readonly refresh: () => Promise<void>;
  /** Something moved and waits until the writing on this page is over, or no longer does. */
  readonly onwaiting: (waits: boolean) => void;
}

type Field = HTMLInputElement | HTMLTextAreaElement | HTMLSelectElement;

const isField = (target: EventTarget | null): target is Field =>
  target instanceof HTMLTextAreaElement ||
  target instanceof HTMLSelectElement ||
  (target instanceof HTMLInputElement &&
    !['search', 'checkbox', 'radio', 'hidden'].includes(target.type));

/** The fields that somebody wrote into and that still stand there with what he wrote. */
class Written {
  readonly #fields = new Set<Field>();

  note = ({ target }: Event): void => {
    if (isField(target)) this.#fields.add(target);
  };

  /** What was handed in is no longer being written. */
  handedIn = ({ target }: Event): void => {
    for (const field of this.#fields) if (field.form === target) this.#fields.delete(field);
  };

  get any(): boolean {
    for (const field of this.#fields)
      if (!field.isConnected || field.value === '') this.#fields.delete(field);
    return this.#fields.size > 0;
  }

  forget(): void {
    this.#fields.clear();
  }
}

class Watch {
  readonly #of: WatchOf;
  readonly #written = new Written();
  readonly #poll: ReturnType<typeof setInterval>;
  #stream: EventSource | null = null;
  #moved = false;
  #running = false;
  #again: ReturnType<typeof setTimeout> | undefined;

  constructor(of: WatchOf) {
    this.#of = of;
    document.addEventListener('input', this.#written.note, true);
    document.addEventListener('submit', this.#written.handedIn, true);
    document.addEventListener('visibilitychange', this.#seen);
    this.#poll = setInterval(() => void this.#look(), POLL_MS);
    this.#listen();
  }

  /** Only a page in sight has a stream: a browser has few connections to one county. */
  #listen(): void {
    if (document.hidden || (this.#stream?.readyState ?? EventSource.CLOSED) !== EventSource.CLOSED)
      return;
    const stream = new EventSource(STREAM);
    let opened = false;
    stream.addEventListener('moved', this.#tell);
    stream.addEventListener('open', () => {
      // Broken and back: what moved meanwhile was not told.
      if (opened) this.#tell();
      opened = true;
    });
    this.#stream = stream;
  }

  #seen = (): void => {
    if (document.hidden) {
      this.#stream?.close();
      return;
    }
    void this.#look();
  };

  /** Asks first whether the county is there: an open page is not turned into an error page. */
  async #look(): Promise<void> {
    if (document.hidden) return;
    const ready = await fetch('/readyz').then(
      ({ ok }) => ok,
      () => false,
    );
    if (!ready) return;
    this.#listen();
    this.#tell();
  }

  #tell = (): void => {
    this.#moved = true;
    void this.#run();
  };

  #later(ms: number): void {
    clearTimeout(this.#again);
    this.#again = setTimeout(() => void this.#run(), ms);
  }

  async #run(): Promise<void> {
    if (this.#running || !this.#moved || document.hidden) return;
    const writing = this.#written.any;
    this.#of.onwaiting(writing);
    if (writing) return this.#later(STILL_WRITING_MS);
    this.#moved = false;
    this.#running = true;
    const since = performance.now();
    document.cookie = `${WATCHING}; max-age=30`;
    await this.#of.refresh().catch(() => undefined);
    document.cookie = `${WATCHING}; max-age=0`;
    this.#running = false;
    this.#later(REST_TIMES * (performance.now() - since));
  }

  /** Another page stands here now. */
  turned(): void {
    this.#written.forget();
  }

  stop(): void {
    document.removeEventListener('input', this.#written.note, true);
    document.removeEventListener('submit', this.#written.handedIn, true);
    document.removeEventListener('visibilitychange', this.#seen);
    clearInterval(this.#poll);
    clearTimeout(this.#again);
    this.#stream?.close();
  }
}

/** Begins to watch; only in a browser. */
export const watchDesk = (of: WatchOf): Pick<Watch, 'turned' | 'stop'> => new Watch(of);
