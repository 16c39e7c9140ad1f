import type { Subject } from './lib/domain/permissions.ts';

declare global {
  namespace App {
    interface Locals {
      /** Random id of this request; stands in every error a person may read out. */
      requestId: string;
      /** Who asks, with all grants; null when nobody is signed in. */
      person: Subject | null;
      /** The account behind `person`. */
      account: { readonly userName: string; readonly sessionId: string } | null;
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
