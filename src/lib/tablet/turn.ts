/** Lets the page draw and hear keys; a timer would wait a second each time in a hidden tab. */
export const turn = (): Promise<void> =>
  new Promise((resolve) => {
    const { port1, port2 } = new MessageChannel();
    port1.onmessage = () => {
      port1.close();
      resolve();
    };
    port2.postMessage(null);
  });

/** Records of a large exchange between two turns of the page: about 10 ms of a slow tablet. */
export const RECORDS_PER_TURN = 32;

/** Waits for a turn after every so many calls. */
export function turns(): () => Promise<void> | undefined {
  let n = 0;
  return () => (++n % RECORDS_PER_TURN === 0 ? turn() : undefined);
}
