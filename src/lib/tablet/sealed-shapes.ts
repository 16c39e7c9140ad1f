/**
 * What stands inside the sealed bodies. They are written and read by this app only, so their
 * types are trusted after `Vault.open`; a change of shape needs a new optional field.
 */
import type { EventBody, Stamp } from '../domain/case-event.ts';

/** Body of an event row. */
export interface SealedEvent {
  readonly body: EventBody<string>;
  /** Hash at save time, 64 hex; absent for events of other devices. */
  readonly h?: string;
  /** Who wrote it here: nobody who carries a copy makes it his own by the device named outside. */
  readonly by?: string;
  /** Stamp of the county for events that came by the feed (its seq stands in clear). */
  readonly stamp?: Stamp;
}

/** `note` of an event row: what the county answered. */
export interface SealedNote {
  readonly receivedAt?: string;
  /** Hash that the county's verified receipt covered, 64 hex. */
  readonly h?: string;
  /** K rule the county applied it with. */
  readonly rule?: string;
  /** Why it was put aside. */
  readonly code?: string;
}

/** Body of a case record. */
export interface SealedCase {
  readonly salt: string;
  /** Made on this tablet; a case that came by the feed carries them in its events. */
  readonly temporaryNumber?: string;
  readonly queryCode?: string;
}
