import { setTimeout as sleep } from 'node:timers/promises';
import type { DeskDeps } from './deps.ts';
import { clockContext } from './see.ts';

/** Between two slices: exchanges and pages come first. */
const PAUSE_MS = 5;

/**
 * After a start the first look at a list would read and count every case of the county at once;
 * here it is done beforehand in slices, beside whatever else comes in. Ends when the county closes.
 */
export async function warmDesk(desk: DeskDeps, open: () => boolean): Promise<number> {
  return desk.cases.warm(clockContext(desk), async () => {
    await sleep(PAUSE_MS);
    return open();
  });
}

/** The same beside the open county; what fails here is read again by whoever looks. */
export function startWarming(desk: DeskDeps, open: () => boolean): void {
  warmDesk(desk, open).catch((error: unknown) => {
    if (open()) console.error('cases could not be read ahead', error);
  });
}
