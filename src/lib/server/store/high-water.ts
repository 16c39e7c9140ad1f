import type { CountyCode, CountyStore, Head } from '../../ports/county-store.ts';
import { writeHighWater, writeSentinel, type HighWater, type MarkPlaces } from './guard.ts';
import type { ServerIdentity } from './postgres-guard.ts';
import { isStoreAway } from './store-away.ts';

/** The file may lag behind the log by so much; the tablets' own witnesses cover the rest. */
const WRITTEN_EVERY_MS = 1_000;

export interface HighWaterKeeper {
  /** The log moved; the file follows within a second. */
  raise(this: void, seq: number): void;
  close(): Promise<void>;
}

export interface HighWaterOf extends MarkPlaces {
  readonly county: CountyCode;
  readonly epoch: string;
  readonly store: CountyStore;
  readonly head: Head;
  /** Of PostgreSQL: which server, and which of its histories. */
  readonly server: ServerIdentity | null;
}

/** Keeps the high-water file in the data folder, and the one outside. */
export function highWaterKeeper(of: HighWaterOf): HighWaterKeeper {
  const { dataDir, sentinelDir, county, store, server } = of;
  let written = -1;
  let newest: HighWater | null = null;
  let outside: Promise<void> | null = null;
  let timer: NodeJS.Timeout | undefined;

  const write = ({ seq, tag }: Head, epoch: string): void => {
    if (seq <= written) return;
    const bare: HighWater = { county, epoch, seq, tag };
    const mark = server === null ? bare : { ...bare, server };
    writeHighWater(dataDir, mark);
    written = seq;
    newest = mark;
    outside ??= writeOutside();
  };
  // One at a time: a slow disk elsewhere gets the last mark and not every one.
  const writeOutside = async (): Promise<void> => {
    while (newest !== null) {
      const mark: HighWater = newest;
      newest = null;
      await writeSentinel(sentinelDir, mark);
    }
    outside = null;
  };
  const follow = async (): Promise<void> => {
    const [head, epochs] = await store.transact(
      county,
      async (tx) => [await tx.head(), await tx.epochs()] as const,
    );
    // Another node may have begun a new history meanwhile.
    write(head, epochs.at(-1)?.id ?? of.epoch);
  };

  write(of.head, of.epoch);
  return {
    raise: () => {
      timer ??= setTimeout(() => {
        timer = undefined;
        // A disk that is full must not end the process; the next commit tries again.
        follow().catch((error: unknown) =>
          console.error('high-water file not written:', isStoreAway(error) ? String(error) : error),
        );
      }, WRITTEN_EVERY_MS).unref();
    },
    close: async () => {
      clearTimeout(timer);
      await follow();
      await outside;
    },
  };
}
