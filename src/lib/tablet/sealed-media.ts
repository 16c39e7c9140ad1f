import type { AttachmentKind, Gap } from './workspace-types.ts';

/** Sealed metadata of a captured file. */
export interface SealedMedia {
  /** Empty while a recording runs. */
  readonly sha256: string;
  readonly bytes: number;
  readonly mime: string;
  readonly kind: AttachmentKind;
  readonly capturedAt: string;
  readonly caption: string;
  readonly seconds?: number;
  readonly gaps?: readonly Gap[];
}
