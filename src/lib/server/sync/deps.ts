import type { DeviceId } from '../../domain/values.ts';
import type { ClockAndIds } from '../../ports/clock-and-ids.ts';
import type { CountyCode, CountyStore } from '../../ports/county-store.ts';
import type { DigestSync } from '../../protocol/hash.ts';
import type { CopyOpener } from '../intake-keys/open-copies.ts';
import type { Asker, Judge } from './judge.ts';
import type { SignatureCheck } from './signature.ts';

/** What the exchange and the desk's records are made of; put together in container.ts. */
export interface CountyDeps<S extends Asker> {
  readonly county: CountyCode;
  readonly store: CountyStore;
  readonly clock: ClockAndIds;
  readonly digest: DigestSync;
  readonly judge: Judge<S>;
  readonly settings: ExchangeSettings;
  /** Called after a durable commit that moved the head; must not throw. */
  readonly committed?: (seq: number) => void;
  /** Absent where signatures of devices are not looked at. */
  readonly signatures?: SignatureCheck;
  /** Absent where no sealed work is taken in. */
  readonly sealed?: SealedDeps<S>;
}

/** What the county needs besides the exchange's own to take in sealed work. */
export interface SealedDeps<S extends Asker> {
  /** Opens with the keys of now. */
  opener(): Promise<CopyOpener>;
  /** The person of an enrolment with all his grants, also ended ones; never asked in a transaction. */
  askerOf(personId: string): Promise<S | null>;
}

export interface ExchangeSettings {
  /** Tablets spread their return after an outage over so many seconds. */
  readonly spreadSeconds: number;
  /** Oldest build of the tablet that reads every answer; older ones still push. */
  readonly minBuild: string;
  /** A device that was never enrolled sends, and is shown nothing. */
  readonly enrolmentCodes?: boolean;
}

/** `dv` of what the county records itself; its events take no device sequence. */
export const COUNTY_DEVICE = 'county' as DeviceId;
