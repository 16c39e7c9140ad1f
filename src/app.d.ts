import type { Subject } from './lib/domain/permissions.ts';
import type { SignedIn } from './lib/server/auth/session.ts';
import type { Room } from './lib/server/room.ts';

declare global {
  namespace App {
    interface Locals {
      /** Random id of this request; stands in every error a person may read out. */
      requestId: string;
      /** Who asks, with all grants; null when nobody is signed in. */
      person: Subject | null;
      /** The account behind `person`. */
      account: SignedIn['account'] | null;
      /** A county person without the second factor that the county demands: only 设置 is open. */
      confined: boolean;
      /** The session was there and is over because nobody used it. */
      wasIdle: boolean;
      /** Answering failed because the database could not be asked. */
      storeAway: boolean;
      /** The county and its accounts; absent only while pages are prerendered. */
      room: Room;
    }
    interface Error {
      message: string;
      /** Stable word for programs, e.g. `FOREIGN_ORIGIN`. */
      code?: string;
      requestId?: string;
    }
  }
}

export {};
