import type { CountyCode, CountyStore, Head } from '../../ports/county-store.ts';
import { writeHighWater } from './guard.ts';

/** The file may lag behind the log by so much; the tablets' own witnesses cover the rest. */
const WRITTEN_EVERY_MS = 1_000;

export interface HighWaterKeeper {
  /** The log moved; the file follows within a second. */
  raise(this: void, seq: number): void;
  close(): Promise<void>;
}

export interface HighWaterOf {
  readonly dataDir: string;
  readonly county: CountyCode;
  readonly epoch: string;
  readonly store: CountyStore;
  readonly head: Head;
}

/** Keeps the high-water file beside the database. */
export function highWaterKeeper(of: HighWaterOf): HighWaterKeeper {
  const { dataDir, county, epoch, store } = of;
  let written = -1;
  let timer: NodeJS.Timeout | undefined;

  const write = ({ seq, tag }: Head): void => {
    if (seq <= written) return;
    writeHighWater(dataDir, { county, epoch, seq, tag });
    written = seq;
  };
  const follow = async (): Promise<void> => {
    write(await store.transact(county, (tx) => tx.head()));
  };

  write(of.head);
  return {
    raise: () => {
      timer ??= setTimeout(() => {
        timer = undefined;
        // A disk that is full must not end the process; the next commit tries again.
        follow().catch((error: unknown) => console.error('high-water file not written', error));
      }, WRITTEN_EVERY_MS).unref();
    },
    close: async () => {
      clearTimeout(timer);
      await follow();
    },
  };
}
