/** The worker asks every window first; a little longer than it waits for them. */
const ANSWER_MS = 3_000;

/**
 * The worker serves the tablet alone: desk and public page never fetch its files. It is asked for
 * after the page stands, so that the first list does not share the line with it.
 */
async function register(): Promise<ServiceWorkerRegistration | null> {
  if (import.meta.env.DEV) return null;
  if (document.readyState !== 'complete')
    await new Promise((resolve) => addEventListener('load', resolve, { once: true }));
  return navigator.serviceWorker
    .register('/service-worker.js', { scope: '/tablet' })
    .catch(() => null);
}

/**
 * The page of last resort has a worker of its own, so that it opens when the app's is the trouble. It
 * is fetched when the app stands whole.
 */
async function keepRescue(): Promise<void> {
  await navigator.serviceWorker.ready;
  await navigator.serviceWorker
    .register('/rescue-sw.js', { scope: '/rescue' })
    .catch(() => undefined);
}

/** Updates of the app: shown, never forced; a form that is open makes them wait. */
export class AppUpdate {
  waiting = $state(false);
  private holds = 0;
  private registration: ServiceWorkerRegistration | null = null;

  async watch(): Promise<void> {
    if (!('serviceWorker' in navigator)) return;
    navigator.serviceWorker.addEventListener('message', (event) => {
      const { kind } = (event.data ?? {}) as { kind?: string };
      if (kind === 'may-update') event.ports[0]?.postMessage({ free: !this.held });
    });
    this.registration = await register();
    if (this.registration) void keepRescue();
    const look = (): void => {
      this.waiting = Boolean(this.registration?.waiting && navigator.serviceWorker.controller);
    };
    look();
    this.registration?.addEventListener('updatefound', () => {
      this.registration?.installing?.addEventListener('statechange', look);
    });
  }

  /** While held, this tab answers the worker's question with no. */
  hold(): () => void {
    this.holds++;
    let over = false;
    return () => {
      if (!over) this.holds--;
      over = true;
    };
  }

  get held(): boolean {
    return this.holds > 0;
  }

  /** Lets the waiting version take over and reloads; false while a form is open in any window. */
  async apply(): Promise<boolean> {
    const next = this.registration?.waiting;
    if (!next || this.held) return false;
    navigator.serviceWorker.addEventListener('controllerchange', () => location.reload(), {
      once: true,
    });
    const { port1, port2 } = new MessageChannel();
    return new Promise((resolve) => {
      port1.onmessage = (event) => resolve((event.data as { free?: boolean }).free === true);
      setTimeout(() => resolve(false), ANSWER_MS);
      next.postMessage({ kind: 'activate' }, [port2]);
    });
  }

  /** Asks the browser to wake the worker when there is a network again. */
  async askForSync(): Promise<void> {
    type WithSync = { sync?: { register(tag: string): Promise<void> } };
    const sync = (this.registration as unknown as WithSync | null)?.sync;
    await sync?.register('outbox').catch(() => undefined);
  }

  /**
   * The same where something was left: the browser gives a request up after some tries, and a window
   * that was killed never made one.
   */
  async askIfLeft(isLeft: () => Promise<boolean>): Promise<void> {
    if (await isLeft().catch(() => false)) await this.askForSync();
  }
}
