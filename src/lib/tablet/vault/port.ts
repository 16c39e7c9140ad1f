/** A key's way from one worker to the other: one message, then the channel is closed. */

/** Longer than this and the other worker is gone. */
const PORT_MS = 10_000;

/** The one thing that comes through; null when nothing comes in time. */
export function received(port: MessagePort): Promise<unknown> {
  return new Promise((resolve) => {
    const end = (value: unknown): void => {
      clearTimeout(timer);
      port.close();
      resolve(value);
    };
    const timer = setTimeout(() => end(null), PORT_MS);
    port.onmessage = (event) => end(event.data);
    port.start();
  });
}

/** Sends and lets go. */
export function sendOn(port: MessagePort, value: unknown): void {
  port.postMessage(value);
  port.close();
}
